"""Recording when a token was last used, beside not recording it; and what a verification writes to the WAL."""

import pathlib
import re
import time

import comparison
import server
from result import Reach, Result

SETTING = "pat_auth.last_used_interval"


def measure(bench):
    if server.sql(f"SELECT count(*) FROM pg_settings WHERE name = '{SETTING}'") == "0":
        raise server.ServerFailure(f"there is no setting {SETTING}: this version does not record when a token was last used")
    # As long as the setting's default, in which all is written once: so each run has its share of that. With fewer clients
    # than processors, the writer does not take that time from them.
    seconds, rounds = (2, bench.rounds) if bench.is_quick else (10, 6)
    on = f"{seconds}s"
    script = comparison.Script(comparison.read(pathlib.Path(__file__).with_name("last_used.sql")), bench)
    script.how = ("-T", str(seconds))
    results = []
    for clients in (1,) if bench.is_quick else (1, 2):
        ours, besides = [], []
        for number in range(rounds):
            # Each goes first in turn.
            for times, value in ((ours, on), (besides, "0"))[::-1 if number % 2 else 1]:
                use(value)
                times.append(script.times(clients=clients)["ours"])
        results.append(Result(f"BEGIN; authenticate; indexed query; COMMIT with last use recorded, and written each {on}", "the same without",
                              Reach("ratio", 1.02), clients, ours, besides, "ms"))
    use("10s")
    results.append(Result("WAL that a recorded use writes in its own transaction", "", Reach("amount", 0), 1, [wal(bench)], [], "bytes"))
    return results


def use(value):
    server.sql(f"ALTER SYSTEM SET {SETTING} = '{value}'")
    # The reload has what is pending written; that is not part of what comes.
    server.sql("SELECT pg_reload_conf()")
    time.sleep(0.5)


def wal(bench):
    plan = server.sql(f"SET pat_auth.token = '{bench.tokens['reader']}'; EXPLAIN (ANALYZE, WAL) SELECT customer FROM invoice WHERE id = 100",
                      user="bench_api")
    written = re.findall(r"WAL:.* bytes=([0-9]+)", plan)
    return sum(map(int, written))
