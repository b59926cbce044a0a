#!/usr/bin/env python3
"""Touches huge pages once, before a server has them: touch_memory.py MEGABYTES

In a virtual machine the first touch of a page ever has the host find memory for it, 10 ms for one of 2 MB. A server that
has run for a while is past that; one that was just started would have it in the midst of what is measured.
"""

import mmap
import sys

HUGE_PAGES = 0x40000  # of Linux, MAP_HUGETLB; Python 3.11 does not name it
PAGE = 2 << 20


def main():
    size = int(sys.argv[1]) << 20
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | HUGE_PAGES) as memory:
        for at in range(0, size, PAGE):
            memory[at] = 1


main()
