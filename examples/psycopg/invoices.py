"""GET /invoices with a bearer token, on psycopg 3: a WSGI application.

It connects as one database role, by the usual PGHOST, PGUSER ...; who the
caller is, the token tells the database, for one transaction at a time.

    PORT=8080 python3 invoices.py
    curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8080/invoices
"""

import json
import os
import sys
from wsgiref.simple_server import make_server

import psycopg
from psycopg.rows import dict_row

# The WSGI server below answers one request at a time, so one connection does.
# With threads take psycopg_pool.ConnectionPool: the lines in read_invoices stay.
_connection = None


def connection():
    global _connection
    if _connection is None or _connection.closed:
        _connection = psycopg.connect(autocommit=True, row_factory=dict_row)
    return _connection


def read_invoices(token):
    db = connection()
    with db.transaction():
        # A parameter is bound on the server, so no statement's text has the token.
        db.execute("SELECT set_config('pat_auth.token', %s, true)", [token])
        # Row security alone would answer "no rows" to a token without the scope.
        db.execute("SELECT pat_auth.pat_require_scope('erp', 'invoice_reader')")
        return db.execute("SELECT id, customer, amount FROM invoice ORDER BY id").fetchall()


# SQLSTATE to HTTP, with the challenge that RFC 6750 asks for.
REFUSALS = {
    "28000": ("401 Unauthorized", 'Bearer error="invalid_token"'),
    "42501": ("403 Forbidden", 'Bearer error="insufficient_scope"'),
}


def application(environ, start_response):
    def answer(status, body, challenge=None):
        headers = [("Content-Type", "application/json")]
        if challenge:
            headers.append(("WWW-Authenticate", challenge))
        start_response(status, headers)
        return [json.dumps(body, default=str).encode()]

    if environ["PATH_INFO"] != "/invoices":
        return answer("404 Not Found", {"error": "not found"})
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return answer("401 Unauthorized", {"error": "a bearer token is needed"}, "Bearer")
    try:
        return answer("200 OK", read_invoices(token))
    except psycopg.Error as error:
        if error.sqlstate in REFUSALS:
            status, challenge = REFUSALS[error.sqlstate]
            return answer(status, {"error": error.diag.message_primary}, challenge)
        print(error, file=sys.stderr)
        return answer("500 Internal Server Error", {"error": "internal error"})


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ.get("PORT", "8080")), application).serve_forever()
