"""pat_verify while others revoke a thousand tokens a second, beside pat_verify alone, and beside plain UPDATEs of an
opponent's table at the same rate: those tell what the writing costs on this machine, whoever writes.

Who verifies and who writes have processors of their own: what is measured is what revocations do to verifications, by
locks, caches and messages, and not that two who work share a processor. On a machine with few of them the latter is
more, and varies more; the same with all processors for everybody is a row beside it."""

import os
import pathlib
import re
import subprocess

import comparison
import server
from result import Reach, Result

RATE = 1_000
HERE = pathlib.Path(__file__)


def measure(bench):
    tokens = bench.variables["tokens"]
    server.sql(f"""CREATE SEQUENCE bench.next_revoked START {tokens // 2} MAXVALUE {tokens} CYCLE;
        GRANT USAGE ON SEQUENCE bench.next_revoked TO bench_backend""")
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) == 1:
        return shared(bench, processors, Reach("ratio", 1.1))
    own = Sides(bench, processors[:1], processors[1:])
    own.run(bench.rounds)
    what = f"pat_verify beside {own.rate:,.0f} revocations a second, on a processor of its own"
    return [Result(what, "pat_verify alone", Reach("ratio", 1.1), 1, own.revoked, own.alone, "ms"),
            Result(what, f"pat_verify beside {RATE:,} plain UPDATEs a second", Reach("ratio"), 1, own.revoked, own.updated, "ms"),
            *shared(bench, processors, Reach("ratio"))]


def shared(bench, processors, reach):
    sides = Sides(bench, processors, processors)
    sides.run(bench.rounds)
    what = f"pat_verify beside {sides.rate:,.0f} revocations a second, {len(processors)} processors for both"
    return [Result(what, "pat_verify alone", reach, 1, sides.revoked, sides.alone, "ms")]


class Sides:
    """Milliseconds of a verification alone, beside revocations and beside plain UPDATEs, round by round."""

    def __init__(self, bench, verifiers, writers):
        self.bench = bench
        self.writers = writers
        self.script = comparison.Script(comparison.read(HERE.with_name("growth.sql")), bench, processors=verifiers)
        self.alone, self.revoked, self.updated, self.rates = [], [], [], []

    @property
    def rate(self):
        return sum(self.rates) / len(self.rates)

    def run(self, rounds):
        for _ in range(rounds):
            self.alone.append(self.verify())
            for times, writer in ((self.revoked, "revoke.sql"), (self.updated, "update.sql")):
                writing = self.begin_to_write(writer)
                times.append(self.verify())
                output, errors = writing.communicate()
                rate = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
                if writing.returncode != 0 or not rate:
                    raise server.ServerFailure(errors)
                if times is self.revoked:
                    self.rates.append(float(rate[1]))

    def verify(self):
        tokens = self.bench.variables["tokens"] // 2 - 1  # those are not revoked
        return self.script.times(clients=1, variables={"tokens": tokens})["ours"]

    def begin_to_write(self, script):
        return subprocess.Popen(
            server.pgbench_command(HERE.with_name(script), user="bench_backend", clients=4, variables={"warm": 0},
                                   how=("-T", str(self.bench.seconds + 1)), more=("--rate", str(RATE)), processors=self.writers),
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
