"""What a backend's own memory grows by while it verifies a million times."""

import time

import server
from result import Reach, Result

PATIENCE = 60  # seconds


def measure(bench):
    different = 100_000 if bench.variables["tokens"] >= 100_000 else bench.variables["tokens"]
    wanted = 10 * different if not bench.is_quick else 2 * different
    session = server.Session()
    verify = "SELECT count((pat_auth.pat_verify(token)).active) FROM bench.presented WHERE number BETWEEN {} AND {}"
    session.ask(verify.format(1, 100))  # what any use of the function needs once
    before = private_memory(session.backend)
    start, done = time.monotonic(), 0
    while done < wanted and time.monotonic() - start < PATIENCE:
        first = done % different + 1
        session.ask(verify.format(first, first + 9_999))
        done += 10_000
    growth = private_memory(session.backend) - before
    session.close()
    what = f"memory of a backend, growth over {done:,} verifications of {min(done, different):,} tokens"
    return [Result(what, "", Reach("amount", 1024), 1, [growth], [], "kB")]


def private_memory(process):
    """Kilobytes that this process alone has: no shared memory, no pages of files."""
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    raise server.ServerFailure(f"no memory of process {process}")
