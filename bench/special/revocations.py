"""pat_verify while others revoke a thousand tokens a second, beside pat_verify alone, and beside plain UPDATEs of an
opponent's table at the same rate: those tell what the writing costs on this machine, whoever writes."""

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
    script = comparison.Script(comparison.read(HERE.with_name("growth.sql")), bench)
    verified = {"tokens": tokens // 2 - 1}  # those are not revoked
    alone, revoked, updated, rates = [], [], [], []
    for _ in range(bench.rounds):
        alone.append(script.times(clients=1, variables=verified)["ours"])
        for times, writer in ((revoked, "revoke.sql"), (updated, "update.sql")):
            writing = subprocess.Popen(
                server.pgbench_command(HERE.with_name(writer), user="bench_backend", clients=4, how=("-T", str(bench.seconds + 1)),
                                       more=("--rate", str(RATE))), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            times.append(script.times(clients=1, variables=verified)["ours"])
            output, errors = writing.communicate()
            rate = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
            if writing.returncode != 0 or not rate:
                raise server.ServerFailure(errors)
            if times is revoked:
                rates.append(float(rate[1]))
    reached = sum(rates) / len(rates)
    what = f"pat_verify beside {reached:,.0f} revocations a second"
    return [Result(what, "pat_verify alone", Reach("ratio", 1.1), 1, revoked, alone, "ms"),
            Result(what, f"pat_verify beside {RATE:,} plain UPDATEs a second", Reach("ratio"), 1, revoked, updated, "ms")]
