"""pat_verify as the table of tokens grows, beside itself in a database of few. Comes last: it makes the table large."""

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
    server.sql("SELECT pat_auth.pat_grant_access('bench_api'); GRANT USAGE ON SCHEMA bench TO bench_api;"
               "GRANT SELECT ON bench.presented TO bench_api", database="bench_small")

    large = bench.variables["tokens"]
    if not bench.is_quick:
        large = grow(10 * large)
    script = comparison.Script(comparison.read(pathlib.Path(__file__).with_name("growth.sql")), bench)
    ours, besides = [], []
    for _ in range(bench.rounds):
        ours.append(script.times(clients=1)["ours"])
        besides.append(script.times(clients=1, variables={"tokens": small}, database="bench_small")["ours"])
    return [Result(f"pat_verify with {large:,} tokens, end to end", f"itself with {small:,}", Reach("ratio", 1.3), 1, ours, besides, "ms")]


def grow(count):
    """Adds tokens whose texts nobody knows until there are so many. Foreign keys are not checked: the rows are copies."""
    start = time.monotonic()
    server.sql(f"""SET session_replication_role = replica;
        INSERT INTO pat_auth.token (token_id, digest_head, digest_tail, created_at, expires_at, tenant_id, user_id,
                application_id, scope_ids, name)
            OVERRIDING SYSTEM VALUE
            SELECT nextval('pat_auth.token_token_id_seq'), ('x' || encode(substr(digest, 1, 8), 'hex'))::bit(64)::bigint,
                substr(digest, 9), created_at, expires_at, tenant_id, user_id, application_id, scope_ids, name
            FROM generate_series(1, {count} / (SELECT count(*) FROM bench.presented) - 1) AS copy
            JOIN (SELECT * FROM pat_auth.token JOIN bench.presented ON presented.number = token.token_id) AS token ON true
            CROSS JOIN LATERAL (SELECT sha256(int8send(token_id) || int8send(copy)) AS digest) AS made""")
    server.sql("VACUUM ANALYZE pat_auth.token")
    print(f"  grown in {time.monotonic() - start:.0f} s", flush=True)
    return int(server.sql("SELECT count(*) FROM pat_auth.token"))
