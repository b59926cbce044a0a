"""pat_verify while others revoke a thousand tokens a second, beside pat_verify alone, and beside plain UPDATEs of an
opponent's table at the same rate: those tell what the writing costs on this machine, whoever writes.

Who verifies and who writes have processors of their own: what is measured is what revocations do to verifications, by
locks, caches and messages, and not that two who work share a processor. On a machine with few of them the latter is
more, and varies more; the same with all processors for everybody is a row beside it."""

import pathlib

import comparison
import server
from result import Reach, Result

RATE = 1_000
HERE = pathlib.Path(__file__)


def measure(bench):
    tokens = bench.variables["tokens"]
    server.sql(f"""CREATE SEQUENCE bench.next_revoked START {tokens // 2} MAXVALUE {tokens} CYCLE;
        GRANT USAGE ON SEQUENCE bench.next_revoked TO bench_backend""")
    is_apart = len(server.PROCESSORS) > 1
    everywhere = Sides(bench, server.PROCESSORS, server.PROCESSORS, rounds=3 if is_apart else bench.rounds)
    what = f"pat_verify beside {everywhere.rate:,.0f} revocations a second, {len(server.PROCESSORS)} processors for both"
    if not is_apart:
        return [Result(what, "pat_verify alone", Reach("ratio", 1.1), 1, everywhere.revoked, everywhere.alone, "ms")]
    apart = Sides(bench, server.PROCESSORS[:1], server.PROCESSORS[1:], rounds=bench.rounds)
    what_apart = f"pat_verify beside {apart.rate:,.0f} revocations a second, on a processor of its own"
    return [Result(what_apart, "pat_verify alone", Reach("ratio", 1.1), 1, apart.revoked, apart.alone, "ms"),
            Result(what_apart, f"pat_verify beside {RATE:,} plain UPDATEs a second", Reach("ratio"), 1, apart.revoked, apart.updated, "ms"),
            Result(what, "pat_verify alone", Reach("ratio"), 1, everywhere.revoked, everywhere.alone, "ms")]


class Sides:
    """Milliseconds of a verification alone, beside revocations and beside plain UPDATEs, round by round; and how many
    revocations there were a second."""

    def __init__(self, bench, verifiers, writers, rounds):
        self.bench = bench
        self.verifiers = verifiers
        self.writers = writers
        self.script = comparison.Script(comparison.read(HERE.with_name("growth.sql")), bench)
        self.alone, self.revoked, self.updated, rates = [], [], [], []
        for _ in range(rounds):
            self.alone.append(self.verify())
            revoking = self.begin_to_write("revoke.sql")
            self.revoked.append(self.verify())
            rates.append(revoking.rate())
            updating = self.begin_to_write("update.sql")
            self.updated.append(self.verify())
            updating.output()
        self.rate = sum(rates) / len(rates)

    def verify(self):
        tokens = self.bench.variables["tokens"] // 2 - 1  # those are not revoked
        return self.script.times(clients=1, variables={"tokens": tokens}, processors=[self.verifiers])["ours"]

    def begin_to_write(self, script):
        return server.Pgbench(HERE.with_name(script), user="bench_backend", clients=4, variables={"warm": 0},
                              how=("-T", str(self.bench.seconds + 1)), more=("--rate", str(RATE)), processors=self.writers)
