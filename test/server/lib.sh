# shellcheck shell=bash
# What the tests with real servers share, beside what those of the clients have:
# servers of their own, sessions that stay open, questions about an outcome.

. "$(dirname "${BASH_SOURCE[0]}")/../clients/lib.sh"

# Nothing that a test starts outlives it: neither programs nor servers.
trap 'trap "" HUP INT TERM; clean_up; servers_stop' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

token_pattern='pat_[0-9A-Za-z]{60}'
# Any query that may be run in parallel is, whatever the planner thinks of it.
parallel_forced="SET debug_parallel_query = on"
((PG >= 16)) || parallel_forced="SET force_parallel_mode = on"
refused='ERROR:  28000: invalid personal access token'

# start_own NAME [LINE...]: a server of this test's own, pointed to.
start_own() {
    server_start "$1-$$" "${@:2}"
    PGUSER=postgres
}

# make_data NAME [OPTION...]: a database with the clients' fixture in it. From
# then on the connection settings are those of the superuser there; the
# application's role has the name of the database.
make_data() {
    make_database "$@"
    application_role=$1
    export PGUSER=postgres
    unset PGPASSWORD
}

# run [OPTION...]: the statements on standard input as the superuser; prints
# rows and errors, the latter with their SQLSTATE.
run() { psql -X -q -A -t -v VERBOSITY=verbose "$@" 2>&1 | sed -E '/^(LOCATION|LINE [0-9]+|DETAIL|HINT|CONTEXT):/d; /^ *\^$/d; s/^psql:<stdin>:[0-9]+: //'; }

# ask SQL [OPTION...]: one statement.
ask() { run "${@:2}" <<<"$1"; }

# ask_with TOKEN SQL: as the application, under a token by the connection option.
ask_with() { PGOPTIONS="-c pat_auth.token=$1" ask "$2" -U "$application_role" "${@:3}"; }

# as_user TENANT USER SQL: in a transaction of a user who signed in.
as_user() {
    run <<SQL
BEGIN;
SELECT pat_auth.pat_login_user('$1', '$2') \g /dev/null
$3;
COMMIT;
SQL
}

# open_session NAME [OPTION...]: a psql that stays open for tell.
declare -A session_input=() session_output=()
open_session() {
    local name=$1 input output
    shift
    mkfifo "$work/$name.in" "$work/$name.out"
    psql -X -q -A -t -v VERBOSITY=verbose "$@" <"$work/$name.in" >"$work/$name.out" 2>&1 &
    started+=($!)
    exec {input}>"$work/$name.in" {output}<"$work/$name.out"
    session_input[$name]=$input
    session_output[$name]=$output
}

# tell NAME SQL: runs it in that session, and prints rows and errors as run does.
tell() {
    local line
    printf '%s;\n\\echo done with that\n' "$2" >&"${session_input[$1]}"
    while IFS= read -r -t 60 line <&"${session_output[$1]}" && [[ $line != "done with that" ]]; do
        [[ $line =~ ^(LOCATION|LINE\ [0-9]+|DETAIL|HINT|CONTEXT):|^\ *\^$ ]] || say "$line"
    done
}

close_session() {
    local input=${session_input[$1]} output=${session_output[$1]}
    exec {input}>&- {output}<&-
    rm -f "$work/$1.in" "$work/$1.out"
}

# try COMMAND...: sets status and output.
try() {
    status=0
    output=$("$@" 2>&1 </dev/null) || status=$?
}
