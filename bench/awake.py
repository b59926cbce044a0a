"""Keeps the processors awake while something is measured.

A processor that sleeps between two messages of client and server takes longer to wake up than many a statement takes to
run, in a virtual machine above all. Linux lets root say how long waking up may take at most
(https://docs.kernel.org/power/pm_qos_interface.html): 0 has idle processors wait without sleeping, as those of a busy
server do. It holds as long as the file is open.
"""

import pathlib
import struct

LATENCY = pathlib.Path("/dev/cpu_dma_latency")


def keep_awake():
    """The open file, or None where that is not to be had."""
    try:
        file = LATENCY.open("wb", buffering=0)
        file.write(struct.pack("i", 0))
        return file
    except OSError:
        return None
