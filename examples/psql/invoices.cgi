#!/bin/sh
# GET /invoices with a bearer token, by psql: a program that a web server runs
# for each request (CGI, RFC 3875). psql is not told of the token: libpq hands
# it over while connecting. In the environment nobody else can read it, as he
# could on a command line, and no statement's text has it.
#
#   HTTP_AUTHORIZATION="Bearer $TOKEN" ./invoices.cgi

answer_error() {
    printf 'Status: %s\nContent-Type: text/plain\n%s\n%s\n' "$1" "${2:+WWW-Authenticate: $2
}" "$1"
    exit
}

case ${HTTP_AUTHORIZATION:-} in
[Bb]earer\ ?*) token=${HTTP_AUTHORIZATION#* } ;;
*) answer_error '401 Unauthorized' Bearer ;;
esac

# Options are separated by blanks: only what cannot be more than one goes there.
case $token in
*[!0-9A-Za-z_]*) answer_error '401 Unauthorized' 'Bearer error="invalid_token"' ;;
esac

errors=$(mktemp) || answer_error '500 Internal Server Error'
trap 'rm -f "$errors"' EXIT

# One transaction. Row security alone would answer "no rows" to a token without
# the scope, so the scope is asked for first.
if rows=$(PGOPTIONS="-c pat_auth.token=$token" psql -X -q -A -t -F '	' -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate \
    2>"$errors" <<'SQL'
BEGIN;
SELECT pat_auth.pat_require_scope('erp', 'invoice_reader') \g /dev/null
SELECT id, customer, amount FROM invoice ORDER BY id;
COMMIT;
SQL
); then
    printf 'Status: 200 OK\nContent-Type: text/tab-separated-values\n\n%s\n' "$rows"
    exit
fi

# SQLSTATE to HTTP, with the challenge that RFC 6750 asks for. A connection that
# is refused has no SQLSTATE in psql, only the words.
case $(cat "$errors") in
*'ERROR:  28000'* | *'FATAL:  invalid personal access token'*)
    answer_error '401 Unauthorized' 'Bearer error="invalid_token"'
    ;;
*'ERROR:  42501'*) answer_error '403 Forbidden' 'Bearer error="insufficient_scope"' ;;
esac
cat "$errors" >&2
answer_error '500 Internal Server Error'
