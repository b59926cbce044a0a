# shellcheck shell=bash
# What the tests of the clients share: assertions in TAP, a database with two
# tokens or more, and the questions that every client has to answer alike.
# scripts/check runs the tests against a server of their own.

. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
[[ -n ${PAT_AUTH_CHECK:-} ]] || die "run this with: make check-clients"

examples=$top/examples

# Nothing that a test starts outlives it.
started=()
work=$(mktemp -d /tmp/pat_auth_client.XXXXXX)
chmod 755 "$work"
clean_up() {
    local process
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
    rm -rf "$work"
}
trap clean_up EXIT

# ---------------------------------------------------------------------------
# TAP

assertions=0
# is GOT EXPECTED DESCRIPTION
is() {
    assertions=$((assertions + 1))
    if [[ $1 == "$2" ]]; then
        say "ok $assertions - $3"
    else
        say "not ok $assertions - $3"
        printf 'got:      %s\nexpected: %s\n' "$1" "$2" | sed 's/^/# /'
    fi
}
# contains TEXT PART DESCRIPTION
contains() {
    if [[ $1 == *"$2"* ]]; then is yes yes "$3"; else is "$1" "… $2 …" "$3"; fi
}
done_testing() { say "1..$assertions"; }

# ---------------------------------------------------------------------------
# The database

# make_database NAME [OPTION...]: made by createdb with these options, with
# fixture.sql in it, and a role of the same name. From then on the connection
# settings are those of the application.
make_database() {
    PGPASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    createdb "${@:2}" "$1"
    as_administrator_in "$1" -v login="$1" -v password="$PGPASSWORD" -f "$top/test/clients/fixture.sql"
    export PGDATABASE=$1 PGUSER=$1 PGPASSWORD
}

as_administrator_in() { psql -X -q -A -t -v ON_ERROR_STOP=1 -U postgres -d "$@"; }

# as_administrator SQL
as_administrator() { as_administrator_in "$PGDATABASE" -c "$1"; }

# create_token TENANT USER NAME SCOPE: prints it.
create_token() {
    as_administrator_in "$PGDATABASE" -v tenant="$1" -v user="$2" -v name="$3" -v scope="$4" <<'SQL' | tail -n 1
BEGIN;
SELECT pat_auth.pat_login_user(:'tenant', :'user');
SELECT token FROM pat_auth.pat_create('erp', :'name', ARRAY[:'scope'], current_date + 30);
COMMIT;
SQL
}

# revoke_token NAME
revoke_token() {
    as_administrator_in "$PGDATABASE" -v name="$1" >/dev/null <<'SQL'
BEGIN;
SELECT pat_auth.pat_login_user('acme', 'mia');
SELECT pat_auth.pat_revoke(token_id) FROM pat_auth.token_overview WHERE name = :'name';
COMMIT;
SQL
}

# customers TEXT: those of all invoices in the database whom a text names.
customers() {
    grep -oE 'Wile E\. Coyote|Road Runner|Hank Scorpio|Bill Lumbergh|Milton Waddams|Peter Gibbons' <<<"$1" |
        paste -s -d ','
}

# ---------------------------------------------------------------------------
# Programs that answer a request

# serve COMMAND...: an example that listens on 127.0.0.1:$PORT.
serve() {
    local tries=0
    PORT=$(free_port)
    export PORT
    "$@" >"$work/served.log" 2>&1 </dev/null &
    started+=($!)
    until curl -s -o /dev/null "http://127.0.0.1:$PORT/"; do
        tries=$((tries + 1))
        if ((tries > 200)) || ! kill -0 "${started[-1]}" 2>/dev/null; then
            sed 's/^/# /' "$work/served.log"
            die "the example does not listen"
        fi
        sleep 0.1
    done
}

# get_invoices [AUTHORIZATION]: sets status, challenge and body, from the
# example that serve started.
get_invoices() {
    curl -s -D "$work/head" -o "$work/body" ${1+-H "Authorization: $1"} "http://127.0.0.1:$PORT/invoices" || true
    read_answer
}

# run_cgi PROGRAM [AUTHORIZATION]: the same from a program that a web server
# runs for each request, as RFC 3875 has it.
run_cgi() {
    local program=$1
    shift
    env -u HTTP_AUTHORIZATION GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET ${1+"HTTP_AUTHORIZATION=$1"} \
        "$program" >"$work/answer" 2>"$work/errors" </dev/null || true
    sed '/^\r\{0,1\}$/,$d' "$work/answer" >"$work/head"
    sed '1,/^\r\{0,1\}$/d' "$work/answer" >"$work/body"
    read_answer
}

read_answer() {
    status=$(sed -nE 's/^(HTTP\/[0-9.]+|Status:) ([0-9]{3}).*/\2/p' "$work/head")
    challenge=$(sed -nE 's/^WWW-Authenticate: *([^\r]*)\r?$/\1/Ip' "$work/head")
    body=$(cat "$work/body")
}

# answers_requests FUNCTION...: what each client's example must do; the function
# takes an Authorization header, or nothing, and sets status, challenge and body.
answers_requests() {
    local reader other globex writer deleted
    reader=$(create_token acme alice reader invoice_reader)
    other=$(create_token acme alice other invoice_reader)
    globex=$(create_token globex gina globex invoice_reader)
    writer=$(create_token acme alice writer invoice_writer)
    deleted=$(create_token acme alice deleted invoice_reader)
    as_administrator "DELETE FROM pat_auth.token WHERE name = 'deleted'"

    "$@" "Bearer $reader"
    is "$status $(customers "$body")" "200 Wile E. Coyote,Road Runner" "R11: a token reads its own tenant's rows"
    "$@" "Bearer $globex"
    is "$status $(customers "$body")" "200 Hank Scorpio" "R11: another tenant's token reads that tenant's"

    "$@"
    is "$status $challenge" "401 Bearer" "no token: 401"
    "$@" "Basic YWxpY2U6c2VjcmV0"
    is "$status $challenge" "401 Bearer" "another scheme: 401"
    "$@" "Bearer junk"
    is "$status $challenge" '401 Bearer error="invalid_token"' "R14: a malformed token: 401"
    "$@" "Bearer junk -c role=postgres"
    is "$status" 401 "what follows a malformed token does nothing: 401"
    "$@" "Bearer $deleted"
    is "$status $challenge" '401 Bearer error="invalid_token"' "R14: an unknown token: 401"
    is "$(customers "$body")" "" "R14: a refusal has no rows"
    "$@" "Bearer $writer"
    is "$status $challenge" '403 Bearer error="insufficient_scope"' "R11: a token without the scope: 403"

    "$@" "Bearer $globex"
    is "$status $(customers "$body")" "200 Hank Scorpio" "after refusals the next request is served"
    revoke_token reader
    "$@" "Bearer $reader"
    is "$status $challenge" '401 Bearer error="invalid_token"' "R21: a revoked token: 401"
    "$@" "Bearer $other"
    is "$status $(customers "$body")" "200 Wile E. Coyote,Road Runner" "R16: its owner's other token works"

    contains "$(cat "$work"/served.log "$work"/errors 2>/dev/null | grep -E 'pat_[0-9A-Za-z]{60}' || say none)" none \
        "R10: no token in what the example logs"
}

# keeps_tenants_apart: many requests at once through the pool of the example
# that serve started, each checked to have its own tenant's rows and no others.
keeps_tenants_apart() {
    local acme globex initech wrong
    acme=$(create_token acme alice "acme at once" invoice_reader)
    globex=$(create_token globex gina "globex at once" invoice_reader)
    initech=$(create_token initech ines "initech at once" invoice_reader)
    cat >"$work/one" <<'SH'
#!/bin/sh
case $1 in
acme) token=$acme expected='Wile E. Coyote' count=2 ;;
globex) token=$globex expected='Hank Scorpio' count=1 ;;
initech) token=$initech expected='Bill Lumbergh' count=3 ;;
esac
body=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | curl -s -K - "http://127.0.0.1:$PORT/invoices")
number=$(printf '%s' "$body" | grep -o '"customer"' | wc -l)
case $body in
*"$expected"*) test "$number" -eq "$count" || echo "$1: $body" ;;
*) echo "$1: $body" ;;
esac
SH
    wrong=$(export acme globex initech PORT &&
        for _ in {1..40}; do printf '%s\n' acme globex initech; done | xargs -n 1 -P 8 sh "$work/one" | head -n 3)
    is "$wrong" "" "120 requests of three tenants at once: each got its own rows"
}

# npm_example NAME: sets directory to a copy of that example with its packages.
npm_example() {
    directory=$top/build/clients/$1
    mkdir -p "$directory"
    if ! cmp -s "$examples/$1/package-lock.json" "$directory/package-lock.json" ||
        [[ ! -e $directory/node_modules/.package-lock.json ]]; then
        cp "$examples/$1"/package*.json "$directory"
        rm -rf "$directory/node_modules"
        run_logged "npm-$1.log" npm ci --prefix "$directory" --omit=dev --ignore-scripts --no-audit --no-fund
    fi
    cp "$examples/$1"/*.mjs "$directory"
}
