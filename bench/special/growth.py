"""pat_verify as the table of tokens grows, beside itself in a database of few. Comes last: it makes the table large."""

import os
import pathlib
import time

import comparison
import server
from result import Reach, Result


def measure(bench):
    import bench as driver

    small = 1_000 if bench.is_quick else 10_000
    server.sql("CREATE DATABASE bench_small", database="postgres")
    driver.load_tokens(bench, "bench_small", small, small // 10, max(small // 1_000, 1))
    server.sql_file(driver.HERE / "load/module.sql", database="bench_small", module=bench.module)
    server.sql("SELECT pat_auth.pat_grant_access('bench_api'); GRANT USAGE ON SCHEMA bench TO bench_api;"
               "GRANT SELECT ON bench.presented TO bench_api", database="bench_small")

    # BENCH_GROWTH: how many times as many tokens, for whoever works at this measurement.
    grow(int(os.environ.get("BENCH_GROWTH", "1" if bench.is_quick else "10")))
    large = int(server.sql("SELECT count(*) FROM pat_auth.token"))
    # What was written goes to disk now, and not at the first eviction of a page while we measure.
    server.sql("CHECKPOINT")
    for database in (server.DATABASE, "bench_small"):
        bench.know_tokens(database)
    # The pages that both databases have; in a part of the time that a run takes, in which it happens.
    touch = ["SELECT count(pat_auth.pat_verify(token)) FROM bench.presented WHERE number % 16 = 0;"]
    script = comparison.Script(comparison.read(pathlib.Path(__file__).with_name("growth.sql")), bench, touch)
    ours, besides = [], []
    for _ in range(bench.rounds):
        ours.append(script.times(clients=1)["ours"])
        besides.append(script.times(clients=1, variables={"tokens": small}, database="bench_small")["ours"])
    return [Result(f"pat_verify with {large:,} tokens, end to end", f"itself with {small:,}", Reach("ratio", 1.3), 1, ours, besides, "ms",
                   buffered())]


def grow(factor):
    """Copies the presented tokens with digests whose texts nobody knows. Foreign keys are not checked: of the copies
    they hold as of the originals. The indexes that pat_verify does not read would only make it longer, and go first; so
    do the tables that are not needed any more, whose pages would take the room in shared_buffers."""
    start = time.monotonic()
    server.sql(f"""SET client_min_messages = error;
        DROP SCHEMA opponent CASCADE;
        DROP TABLE invoice, invoice_of_one_tenant, invoice_by_scope, invoice_by_hand, invoice_by_setting CASCADE;
        DROP INDEX pat_auth.token_user, pat_auth.token_created;
        SET session_replication_role = replica;
        INSERT INTO pat_auth.token (token_id, digest_head, digest_tail, created_at, expires_at, tenant_id, user_id,
                application_id, scope_ids, name)
            OVERRIDING SYSTEM VALUE
            SELECT nextval('pat_auth.token_token_id_seq'), ('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint,
                substr(digest, 9), created_at, expires_at, tenant_id, user_id, application_id, scope_ids, name
            FROM generate_series(1, {factor} - 1) AS copy
            JOIN (SELECT * FROM pat_auth.token JOIN bench.presented ON presented.number = token.token_id) AS token ON true
            CROSS JOIN LATERAL (SELECT sha256(int8send(token_id) || int8send(copy)) AS digest) AS made""")
    server.sql("VACUUM ANALYZE pat_auth.token")
    print(f"  grown in {time.monotonic() - start:.0f} s", flush=True)


def buffered():
    """Whether what pat_verify reads is in shared_buffers: the rest comes from the kernel, or from disk."""
    return server.sql("""CREATE EXTENSION IF NOT EXISTS pg_buffercache;
        SELECT format('%s of %s MB of the table and its digest index in shared_buffers', count(*) * 8 / 1024,
            (pg_relation_size('pat_auth.token') + pg_relation_size('pat_auth.token_digest')) / 1048576)
        FROM pg_buffercache
        WHERE relfilenode IN (pg_relation_filenode('pat_auth.token'), pg_relation_filenode('pat_auth.token_digest'))
            AND relforknumber = 0 AND reldatabase = (SELECT oid FROM pg_database WHERE datname = current_database())""")
