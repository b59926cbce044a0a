# shellcheck shell=bash
# What the scripts have in common: saying things, acting as root or as the
# server's user, building, and private throw-away servers. Source it:
#
#   set -euo pipefail
#   . "$(dirname "$0")/lib.sh"
#
# It sets   top          the root of this tree
#           PG           the PostgreSQL release, exported; 15 unless told
#           PG_CONFIG    its pg_config, exported; the file may not exist before
#                        scripts/setup has run

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# The caller's own connection settings must not reach the tests. A test that
# sources this file runs below scripts/check and keeps what that has set.
if [[ -z ${PAT_AUTH_CHECK:-} ]]; then
    for variable in "${!PG@}"; do
        [[ $variable == PG || $variable == PG_CONFIG ]] || unset "$variable"
    done
fi
# A make that runs us passes its own options on; ours start afresh.
unset MAKEFLAGS MFLAGS MAKELEVEL
export LC_ALL=C.UTF-8

# ---------------------------------------------------------------------------
# Saying things

say() { printf '%s\n' "$*"; }
note() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() {
    note "$*"
    exit 1
}

# run_logged LOG COMMAND...: its output goes to build/log/LOG, and is shown
# only if it fails.
run_logged() {
    local log=$top/build/log/$1
    shift
    mkdir -p "$top/build/log"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        note "failed: $*"
        tail -n 60 "$log" >&2
        note "the whole output is in $log"
        return 1
    fi
}

# ---------------------------------------------------------------------------
# Which PostgreSQL

# A PG_CONFIG of the caller's wins, for a PostgreSQL that is not Debian's.
if [[ -x ${PG_CONFIG:-} ]]; then
    PG=$("$PG_CONFIG" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
else
    PG=${PG:-15}
fi
[[ $PG =~ ^[0-9]+$ ]] || die "PG must be the number of a PostgreSQL release, not '$PG'"
debian_pg_config=/usr/lib/postgresql/$PG/bin/pg_config
PG_CONFIG=${PG_CONFIG:-$debian_pg_config}
[[ -x $PG_CONFIG || $PG_CONFIG == "$debian_pg_config" ]] || die "there is no program $PG_CONFIG"
export PG PG_CONFIG

# pg_program NAME: the path of one of that release's programs.
pg_program() { printf '%s/%s' "$("$PG_CONFIG" --bindir)" "$1"; }

# debian_release PG: the Debian release that ships it.
debian_release() {
    case $1 in
    15) say bookworm ;;
    17) say trixie ;;
    18) say forky ;;
    *) die "no Debian release is known to ship PostgreSQL $1: PG can be 15, 17 or 18" ;;
    esac
}

# pg_is_native: this machine has that PostgreSQL, or can install it.
pg_is_native() {
    [[ -x $PG_CONFIG ]] && return
    command -v apt-get >/dev/null || die "there is no $PG_CONFIG: set PG_CONFIG"
    [[ $(. /etc/os-release && say "${VERSION_CODENAME:-}") == "$(debian_release "$PG")" ]]
}

# ---------------------------------------------------------------------------
# Who acts

# as_root COMMAND...: for installing, and for nothing else.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root: $*"
    fi
}

# as_server_user COMMAND...: PostgreSQL refuses to run as root.
as_server_user() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# ---------------------------------------------------------------------------
# Building

# copy_tree DIRECTORY: the tree without what was built in it.
copy_tree() {
    rm -rf "$1"
    mkdir -p "$1"
    tar -C "$top" -c --exclude-vcs --exclude=./build --exclude='*.o' --exclude='*.d' --exclude='*.so' \
        --exclude='./pat_auth--*.sql' --exclude=./results --exclude=./output_iso . |
        tar -C "$1" -x --no-same-owner
}

build_and_install() {
    run_logged build.log make -C "$top" -j "$(nproc)"
    run_logged install.log as_root make -C "$top" PG_CONFIG="$PG_CONFIG" install
}

# ---------------------------------------------------------------------------
# Private servers
#
# A server has a name. build/server/NAME holds its data directory, its log and
# the file `environment` (export lines). It listens on a unix socket alone, in
# a directory that only the server's user may enter: within it, trust is the
# method; whoever gets there is the superuser `postgres`.

# The names of the servers that this process started and has not stopped.
servers_started=()

server_directory() { printf '%s/build/server/%s' "$top" "$1"; }
server_log() { printf '%s/log' "$(server_directory "$1")"; }

# A port that nothing listens on. It only names the socket, unless a caller
# sets listen_addresses, too.
free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0)->sockport'
}

# server_start NAME [LINE...]: starts a new server with these further lines of
# postgresql.conf, and points PGHOST, PGPORT, PGUSER and PGDATABASE to it.
server_start() {
    local name=$1 link home socket port
    shift
    link=$(server_directory "$name")
    if [[ -e $link || -L $link ]]; then
        [[ ! -e $link/data/postmaster.pid ]] ||
            die "there is a server '$name' already: scripts/server stop $name"
        server_remove_files "$name"
    fi

    # The path of a socket may have 107 bytes at most, so it is not below build/.
    socket=$(mktemp -d /tmp/pat_auth.XXXXXX)
    mkdir -p "$(dirname "$link")"
    if as_server_user test -x "$(dirname "$link")"; then
        home=$link
        mkdir "$home"
    else
        home=$socket
        ln -s "$home" "$link"
        [[ -n ${server_elsewhere:-} ]] ||
            note "the user postgres cannot reach $top: the servers' files are below /tmp, build/server links to them"
        server_elsewhere=yes
    fi
    : >"$home/log"
    if ((EUID == 0)); then
        chown postgres: "$socket" "$home" "$home/log"
    fi
    chmod 700 "$socket" "$home"
    port=$(free_port)
    cat >"$home/environment" <<EOF
export PGHOST='$socket' PGPORT='$port' PGUSER='postgres' PGDATABASE='postgres'
export PATH='$("$PG_CONFIG" --bindir)':"\$PATH"
EOF
    servers_started+=("$name")

    # No server of the tests outlives its machine: it need not wait for disks.
    as_server_user "$(pg_program initdb)" -D "$home/data" -U postgres -E UTF8 --locale=C \
        --auth-local=trust --auth-host=scram-sha-256 --no-sync >"$home/log" 2>&1 ||
        server_failed "$name" "initdb failed" || return
    : >"$home/log"
    {
        say "listen_addresses = ''"
        say "port = $port"
        say "unix_socket_directories = '$socket'"
        say "fsync = off"
        say "full_page_writes = off"
        say "log_line_prefix = '%m [%p] %q%u@%d '"
        # A chroot without mounts may have no /dev/shm.
        as_server_user test -w /dev/shm || say "dynamic_shared_memory_type = mmap"
        (($# == 0)) || printf '%s\n' "$@"
    } >>"$home/data/postgresql.conf"
    server_control "$name" start || server_failed "$name" "the server does not start" || return
    server_use "$name"
}

# server_control NAME ACTION [OPTION...]: pg_ctl (start, stop, restart, reload …).
server_control() {
    local name=$1 home
    shift
    home=$(readlink -f "$(server_directory "$name")")
    as_server_user "$(pg_program pg_ctl)" -D "$home/data" -l "$home/log" -s -w -t 120 "$@" </dev/null
}

# server_use NAME: clients of this process talk to that server from now on.
server_use() {
    [[ -r $(server_directory "$1")/environment ]] || die "there is no server '$1'"
    # shellcheck source=/dev/null
    . "$(server_directory "$1")/environment"
}

# server_stop NAME: stops it and removes all that it left.
server_stop() {
    local name=$1 home index
    home=$(server_directory "$name")
    if [[ -e $home/data/postmaster.pid ]]; then
        server_control "$name" stop -m fast || server_control "$name" stop -m immediate || true
    fi
    server_remove_files "$name"
    for index in "${!servers_started[@]}"; do
        [[ ${servers_started[index]} != "$name" ]] || unset "servers_started[index]"
    done
}

server_remove_files() {
    local link home socket
    link=$(server_directory "$1")
    home=$(readlink -f "$link")
    # shellcheck source=/dev/null
    socket=$(. "$home/environment" 2>/dev/null && say "$PGHOST") || socket=
    [[ $socket != /tmp/pat_auth.* ]] || rm -rf "$socket"
    rm -rf "$home"
    rm -rf "$link"
}

server_failed() {
    note "$2; the end of its log:"
    tail -n 40 "$(server_log "$1")" >&2 || true
    return 1
}

# servers_stop_at_exit: no server that this process starts outlives it.
servers_stop_at_exit() {
    # A second Ctrl-C does not stop the cleaning up.
    trap 'trap "" HUP INT TERM; servers_stop' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}
servers_stop() {
    local name
    for name in "${servers_started[@]}"; do
        server_stop "$name" || true
    done
}
