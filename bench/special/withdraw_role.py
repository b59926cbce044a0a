"""Withdrawing a role that very many tokens carry, and the next statement of 50 connections that have used such tokens;
beside the same UPDATE on a table without our triggers, and the next statement of the same connections."""

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
    statements(sessions)
    ours, besides, updates = [], [], []
    try:
        for _ in range(bench.rounds):
            update, statement = change(administrator, sessions, "pat_auth.role", "f", "f")
            change(administrator, sessions, "pat_auth.role", "t", "t")
            plain_update, plain_statement = change(administrator, sessions, "opponent.role", "f", "t")
            change(administrator, sessions, "opponent.role", "t", "t")
            ours.append(update + statement)
            besides.append(plain_update + plain_statement)
            updates.append((update, plain_update, statement, plain_statement))
    finally:
        for session in sessions + [administrator]:
            session.close()
    middle = [sorted(column)[len(column) // 2] for column in zip(*updates)]
    note = f"the UPDATE {middle[0]:.2f} ms beside {middle[1]:.2f}, the {CONNECTIONS} statements {middle[2]:.2f} ms beside {middle[3]:.2f}"
    return [Result(f"withdrawing a role that {carried:,} tokens carry, and the next statement of {CONNECTIONS} connections, right at once",
                   "the same UPDATE on a table without our triggers", Reach("ratio", 1.5), CONNECTIONS, ours, besides, "ms", note)]


def change(administrator, sessions, table, available, expected):
    """Milliseconds of the UPDATE and of the next statement of all connections, which must give what is expected."""
    _, update = administrator.timed(f"UPDATE {table} SET available_for_pat = '{available}' WHERE {ROLE}")
    return update, statements(sessions, expected)


def statements(sessions, expected="t"):
    spent = 0.0
    for session in sessions:
        answer, milliseconds = session.timed("EXECUTE verify")
        if answer != expected:
            raise server.ServerFailure(f"active: {answer} instead of {expected}")
        spent += milliseconds
    return spent
