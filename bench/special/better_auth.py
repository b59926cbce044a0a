"""better-auth's API keys, verified by one Node.js process; beside them pat_verify through node-postgres from the same
process, in turn, on the same server. bench/better_auth/verify.mjs is that program."""

import json
import os
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
    run(["node", program, "prepare", "100" if bench.is_quick else "2000"], environment)
    server.sql("SELECT format('VACUUM ANALYZE better_auth.%I', tablename) FROM pg_tables WHERE schemaname = 'better_auth' \\gexec")
    texts = server.sql("SELECT token FROM bench.presented ORDER BY hashint8(number) LIMIT 10000")
    turns = ("3", "250") if bench.is_quick else ("15", "300")
    spent = json.loads(run(["node", program, "measure", *turns], environment, texts))
    results = []
    for in_flight, of in spent.items():
        how = "one at a time" if in_flight == "1" else f"{in_flight} in flight"
        milliseconds = {way: [microseconds / 1000 for microseconds in of[way]] for way in ("token", "key")}
        results.append(Result(f"pat_verify through node-postgres, one Node.js process, {how}",
                              "@better-auth/api-key, the same process", Reach("faster", 20), int(in_flight),
                              milliseconds["token"], milliseconds["key"], "ms"))
    return results


def run(command, environment, text=""):
    done = subprocess.run([str(word) for word in command], env=environment, text=True, input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise server.ServerFailure(done.stderr[-3000:])
    return done.stdout
