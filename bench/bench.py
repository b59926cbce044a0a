#!/usr/bin/env python3
"""The bench: loads tokens into a private server, measures, and writes a table and a picture. See bench/README.md.

scripts/bench calls it, with a server to talk to:

    bench.py --work DIRECTORY --results NAME --module PATH --huge-pages on|off [--quick] [--only PATTERN]
"""

import argparse
import datetime
import fnmatch
import importlib
import pathlib
import platform
import subprocess
import sys
import time

import awake
import chart
import comparison
import report
import server
import tokens

HERE = pathlib.Path(__file__).resolve().parent

SPECIALS = ["first_use", "size", "memory", "better_auth", "last_used", "withdraw_role", "revocations", "create_many", "growth"]
# What is about tokens that the server does not know yet comes before all that would make it know them.
UNKNOWN_TOKENS = ["first_use"]
# What makes the tables of tokens other than they were loaded comes after all that it would disturb, in this order.
WRITES_MUCH = ["create_many", "create", "create_by_hand", "revocations", "growth"]


class Bench:
    """What every measurement needs: how long, how large, and where."""

    def __init__(self, arguments):
        quick = arguments.quick
        self.is_quick = quick
        self.directory = arguments.work
        self.module = arguments.module
        self.has_huge_pages = arguments.huge_pages == "on"
        self.awake = awake.keep_awake()
        self.rounds = 3 if quick else 7
        self.seconds = 1 if quick else 2
        self.tenants = 100 if quick else 1_000
        self.variables = {"tokens": 50_000 if quick else 1_000_000, "users": 5_000 if quick else 100_000,
                          "invoices": 200_000 if quick else 1_000_000, "calls": 20_000 if quick else 200_000}
        self.tokens = {}
        self.touch_all = [f"SELECT count(*) FROM {table};" for table in ("opponent.token", "bench.presented", "bench.reader")]
        self.touch_all.append("SELECT count(pat_auth.pat_verify(token)) FROM bench.presented WHERE number % 4 = 0;")

    def load(self):
        print("Loading", flush=True)
        server.sql("CREATE DATABASE bench", database="postgres")
        load_tokens(self, server.DATABASE, self.variables["tokens"], self.variables["users"], self.tenants)
        server.sql_file(HERE / "load/opponents.sql")
        server.sql_file(HERE / "load/invoices.sql", invoices=self.variables["invoices"])
        server.sql(f"""CREATE TABLE bench.mistyped AS
            SELECT number, overlay(token PLACING CASE substr(token, 40, 1) WHEN 'x' THEN 'y' ELSE 'x' END FROM 40) AS token
            FROM bench.presented WHERE number <= {self.variables['calls']};
            ALTER TABLE bench.mistyped ADD PRIMARY KEY (number);
            VACUUM ANALYZE bench.mistyped""")
        server.sql_file(HERE / "load/module.sql", module=self.module)
        server.sql_file(HERE / "load/access.sql")
        self.variables["readers"] = int(server.sql("SELECT count(*) FROM bench.reader"))
        self.tokens["reader"] = server.sql("SELECT token FROM bench.reader WHERE tenant = 'tenant_1' ORDER BY number LIMIT 1")
        self.check_load()
        server.sql("SELECT bench.touch_buffers(); CHECKPOINT")

    def know_tokens(self, database=server.DATABASE, each_owners=False):
        """Has all tokens verified once, or one of each owner's. So the owners' rights and the places of those tokens are
        in shared memory, as in a server that has run for a while. A change of anybody's rights, in whatever database,
        makes the server read all rights anew."""
        of_owner = "JOIN (SELECT min(token_id) AS number FROM pat_auth.token GROUP BY user_id) AS of_owner USING (number)"
        server.sql(f"""SELECT count((pat_auth.pat_verify(token)).active) FROM bench.presented
            {of_owner if each_owners else ''}""", database=database)

    def check_load(self):
        """Tokens that were loaded are tokens; the others are none."""
        count = self.variables["calls"]
        active = server.sql(f"SELECT count(*) FROM bench.presented, LATERAL pat_auth.pat_verify(token) WHERE number <= {count} AND active",
                            user="bench_api")
        mistyped = server.sql(f"SELECT count(*) FROM bench.mistyped, LATERAL pat_auth.pat_verify(token) WHERE active", user="bench_api")
        if (active, mistyped) != (str(count), "0"):
            raise SystemExit(f"of {count} tokens {active} are active, and {mistyped} mistyped ones")


def load_tokens(bench, database, count, users, tenants):
    path = bench.directory / "presented"
    with open(path, "wb") as file:
        tokens.write_copy(file, count)
    server.sql_file(HERE / "load/set_up.sql", database=database, tenants=tenants, users=users)
    server.sql("CREATE TABLE bench.presented (number bigint NOT NULL, token text NOT NULL)", database=database)
    server.copy_in("bench.presented", path, database=database)
    path.unlink()
    server.sql("ALTER TABLE bench.presented ADD PRIMARY KEY (number)", database=database)
    server.sql_file(HERE / "load/tokens.sql", database=database)


def circumstances(bench):
    def setting(name):
        return server.sql(f"SHOW {name}")

    commit = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], text=True, capture_output=True, check=False)
    count = bench.variables
    return {
        "machine": f"{report.processor()}, {len(server.PROCESSORS)} processors, {report.memory()} of memory, "
                   f"{platform.system()} {platform.release()}, processors "
                   + ("kept awake" if bench.awake else "may sleep between two messages"),
        "versions": f"pat_auth {server.sql('SELECT extversion FROM pg_extension WHERE extname = $$pat_auth$$')}"
                    f" ({commit.stdout.strip() or 'no commit'}), {server.sql('SELECT version()')}",
        "server": f"shared_buffers {setting('shared_buffers')}, fsync {setting('fsync')}, jit {setting('jit')}, "
                  f"max_parallel_workers_per_gather {setting('max_parallel_workers_per_gather')}, "
                  + ("huge pages" if bench.has_huge_pages else "no huge pages: each backend touched its pages before it was measured"),
        "data": f"{count['tokens']:,} tokens of {count['users']:,} users in {bench.tenants:,} tenants, {count['invoices']:,} invoices",
        "run": f"{'quick, ' if bench.is_quick else ''}{bench.rounds} rounds of {bench.seconds} s, interleaved statement by statement, "
               "pgbench -M prepared over a unix socket" + (", each client and its backend on a processor of their own"
                                                          if len(server.PROCESSORS) > 1 else ""),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--huge-pages", choices=["on", "off"], required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="*")
    arguments = parser.parse_args()

    bench = Bench(arguments)
    start = time.monotonic()
    bench.load()
    results = []
    print(f"Measuring (loading took {time.monotonic() - start:.0f} s)", flush=True)
    measurements = [(path.stem, lambda path=path: comparison.run(comparison.read(path), bench))
                    for path in sorted((HERE / "comparisons").glob("*.sql"))]
    measurements += [(name, lambda name=name: importlib.import_module(f"special.{name}").measure(bench)) for name in SPECIALS]
    order = UNKNOWN_TOKENS + [name for name, _ in measurements if name not in UNKNOWN_TOKENS + WRITES_MUCH] + WRITES_MUCH
    measurements.sort(key=lambda measurement: order.index(measurement[0]))
    failed, are_known = [], False
    for name, measure in measurements:
        if not fnmatch.fnmatch(name, arguments.only):
            continue
        if not are_known and name not in UNKNOWN_TOKENS:
            bench.know_tokens()
            are_known = True
        began = time.monotonic()
        try:
            found = measure()
        except server.ServerFailure as failure:
            print(f"  {name}: FAILED: {failure}", file=sys.stderr, flush=True)
            failed.append(name)
            continue
        for result in found:
            print(f"  {name} [{result.clients}]: {report.measured(result)} {report.to_reach(result)}"
                  f"{'' if result.is_reached else '  MISSED'} ({time.monotonic() - began:.0f} s)", flush=True)
        results += found

    title = f"Bench of pat_auth, {datetime.date.today().isoformat()}"
    report.write(pathlib.Path(f"{arguments.results}.md"), results, {"title": title, "circumstances": circumstances(bench)})
    chart.write(pathlib.Path(f"{arguments.results}.svg"), results, title)
    print(f"{arguments.results}.md, .svg ({time.monotonic() - start:.0f} s in all)")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
