"""better-auth's API keys, verified by one Node.js process; beside them pat_verify through node-postgres from the same
process, in turn, on the same server. bench/better_auth/verify.mjs is that program."""

import json
import os
import statistics
import subprocess

import server
from result import Reach, Result

DATABASE = server.DATABASE


def measure(bench):
    program = bench.directory / "better_auth/verify.mjs"
    environment = {**os.environ, "PGDATABASE": DATABASE, "PGUSER": "better_auth", "PGOPTIONS": "-c search_path=better_auth"}
    server.sql("""CREATE ROLE better_auth LOGIN;
        CREATE SCHEMA better_auth AUTHORIZATION better_auth;
        SELECT pat_auth.pat_grant_access('better_auth')""")
    run(["node", program, "prepare", "200" if bench.is_quick else "2000"], environment)
    server.sql("VACUUM ANALYZE")
    texts = server.sql("SELECT token FROM bench.presented ORDER BY hashint8(number) LIMIT 10000")
    spent = json.loads(run(["node", program, "measure", "3" if bench.is_quick else "15"], environment, texts))
    # As many parts as there are rounds elsewhere; each pair ran within the same moments.
    tokens, keys = parts(spent["token"], bench.rounds), parts(spent["key"], bench.rounds)
    return [Result("pat_verify through node-postgres, one Node.js process", "@better-auth/api-key, the same process",
                   Reach("faster", 20), 1, tokens, keys, "ms")]


def run(command, environment, text=""):
    done = subprocess.run([str(word) for word in command], env=environment, text=True, input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise server.ServerFailure(done.stderr[-3000:])
    return done.stdout


def parts(microseconds, count):
    size = len(microseconds) // count
    return [statistics.median(microseconds[index * size:(index + 1) * size]) / 1000 for index in range(count)]
