"""pat_create many times in one statement, as a migration would."""

import server
from result import Reach, Result


def measure(bench):
    count = 10_000 if bench.is_quick else 100_000
    spent = []
    # So that it finds the log's files as a server does that has run for a while: those of before are used again.
    server.sql("CHECKPOINT")
    for _ in range(3):
        session = server.Session(user="bench_backend")
        user = "(SELECT tenant FROM bench.owner WHERE number = 5), (SELECT user_name FROM bench.owner WHERE number = 5)"
        application = session.ask("SELECT first_application FROM bench.owner WHERE number = 5")
        session.ask(f"BEGIN; SELECT pat_auth.pat_login_user({user})")
        made, milliseconds = session.timed(
            f"SELECT count((pat_auth.pat_create('{application}', 'load ' || number, ARRAY['invoice_reader', 'order_reader', 'item_reader'],"
            f" current_date + 30)).token) FROM generate_series(1, {count}) AS number")
        _, commit = session.timed("COMMIT")
        session.close()
        if made != str(count):
            raise server.ServerFailure(f"{made} tokens were made instead of {count}")
        spent.append(1000 * (milliseconds + commit) / count)
    return [Result(f"creating {count:,} tokens in one statement, each", "", Reach("amount", 15), 1, spent, [], "µs")]
