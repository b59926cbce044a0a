"""Withdrawing a role that very many tokens carry, beside the same UPDATE on a table without our triggers; and whether the
next statement of 50 connections that have used such tokens has the change, each time."""

import statistics

import server
from result import Reach, Result

CONNECTIONS = 50
ROLE = "application = 'erp' AND name = 'invoice_reader'"


def measure(bench):
    carried = int(server.sql(f"SELECT count(*) FROM pat_auth.token WHERE scope_ids @> ARRAY(SELECT role_id FROM pat_auth.role WHERE {ROLE})"))
    tokens = server.sql(f"SELECT token FROM bench.reader ORDER BY number LIMIT {CONNECTIONS}").splitlines()
    sessions = [server.Session() for _ in range(CONNECTIONS)]
    administrator = server.Session(user="postgres")
    for session, token in zip(sessions, tokens):
        session.ask(f"PREPARE verify AS SELECT active FROM pat_auth.pat_verify('{token}')")
    statements(sessions, "t")
    ours, besides = Times(), Times()
    try:
        for _ in range(bench.rounds):
            for available in ("f", "t"):
                ours.change(administrator, sessions, "pat_auth.role", available, expected=available)
                besides.change(administrator, sessions, "opponent.role", available, expected="t")
    finally:
        for session in sessions + [administrator]:
            session.close()
    # What was changed made everybody's rights old, which the measurements to come are not about.
    bench.know_tokens(each_owners=True)
    note = (f"the {CONNECTIONS} statements {statistics.median(ours.statements):.1f} ms in all, "
            f"{statistics.median(besides.statements):.1f} after an UPDATE without our triggers")
    return [Result(f"withdrawing or restoring a role that {carried:,} tokens carry, the UPDATE",
                   "the same UPDATE on a table without our triggers", Reach("ratio", 1.5), CONNECTIONS, ours.updates, besides.updates, "ms"),
            Result(f"connections of {CONNECTIONS} whose next statement did not have the change, in {2 * bench.rounds} changes", "",
                   Reach("amount", 0), CONNECTIONS, [ours.late], [], "late", note)]


class Times:
    """Milliseconds of UPDATEs and of the next statement of all connections; and how many of these had an old answer."""

    def __init__(self):
        self.updates, self.statements, self.late = [], [], 0

    def change(self, administrator, sessions, table, available, expected):
        _, update = administrator.timed(f"UPDATE {table} SET available_for_pat = '{available}' WHERE {ROLE}")
        spent, late = statements(sessions, expected)
        self.updates.append(update)
        self.statements.append(spent)
        self.late += late


def statements(sessions, expected):
    spent, late = 0.0, 0
    for session in sessions:
        answer, milliseconds = session.timed("EXECUTE verify")
        spent += milliseconds
        late += answer != expected
    return spent, late
