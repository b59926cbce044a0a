"""pat_create many times in one statement, as a migration would; and the same rows by hand, which is what this machine takes
for writing them."""

import server
from result import Reach, Result

OWNER = 5
CREATE = """SELECT count((pat_auth.pat_create('{application}', 'load ' || number,
    ARRAY['invoice_reader', 'order_reader', 'item_reader'], current_date + 30)).token) FROM generate_series(1, {count}) AS number"""
INSERT = """WITH made AS (
    INSERT INTO opponent.created (digest_head, digest_tail, created_at, expires_at, tenant_id, user_id, application_id, scope_ids, name)
    SELECT opponent.digest_head(digest), substr(digest, 9), clock_timestamp(), (current_date + 31)::timestamp AT TIME ZONE 'UTC',
        tenant_id, user_id, application_id, scope_ids, 'load ' || load.number
    FROM (SELECT number, sha256(uuid_send(gen_random_uuid())) AS digest FROM generate_series(1, {count}) AS number OFFSET 0) AS load,
        opponent.creator
    WHERE creator.number = {owner}
    RETURNING token_id, created_at, expires_at, tenant_id, user_id, name
), noted AS (
    INSERT INTO opponent.created_event (occurred_at, act, token_id, tenant_id, user_id, tenant, user_name, application, actor_tenant,
        actor_user, database_role, details)
    SELECT made.created_at, 'token_created', made.token_id, made.tenant_id, made.user_id, creator.tenant, creator.user_name,
        creator.application, creator.tenant, creator.user_name, session_user, jsonb_build_object('name', made.name, 'scopes',
        ARRAY['invoice_reader', 'order_reader', 'item_reader'], 'expires_at', made.expires_at)
    FROM made, opponent.creator
    WHERE creator.number = {owner}
    RETURNING event_id
)
SELECT count(*) FROM noted"""


def measure(bench):
    count = 10_000 if bench.is_quick else 100_000
    created, inserted = [], []
    # So that it finds the log's files as a server does that has run for a while: those of before are used again.
    server.sql("CHECKPOINT")
    for _ in range(bench.rounds):
        created.append(microseconds(CREATE, count))
        inserted.append(microseconds(INSERT, count))
    return [Result(f"creating {count:,} tokens in one statement, each", "", Reach("amount", 15), 1, created, [], "µs"),
            Result(f"creating {count:,} tokens in one statement, each", "the same rows by an INSERT without rules", Reach("ratio"), 1,
                   created, inserted, "µs")]


def microseconds(statement, count):
    """A statement in a transaction of an owner's, and its COMMIT, for each of the rows."""
    session = server.Session(user="bench_backend")
    user = f"(SELECT tenant FROM bench.owner WHERE number = {OWNER}), (SELECT user_name FROM bench.owner WHERE number = {OWNER})"
    application = session.ask(f"SELECT first_application FROM bench.owner WHERE number = {OWNER}")
    session.ask(f"BEGIN; SELECT pat_auth.pat_login_user({user})")
    made, milliseconds = session.timed(statement.format(application=application, count=count, owner=OWNER))
    _, commit = session.timed("COMMIT")
    session.close()
    if made != str(count):
        raise server.ServerFailure(f"{made} rows were made instead of {count}")
    return 1000 * (milliseconds + commit) / count
