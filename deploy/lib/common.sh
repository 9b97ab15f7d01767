# shellcheck shell=bash
# What every script below deploy/ shares: plain words, waiting on a state, and processes that are ours to end.
# Sourced, never run. The caller sets `set -euo pipefail`.

say() { printf '%s\n' "$*"; }
warn() { printf 'NOTE: %s\n' "$*" >&2; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# After this a command that ends the script by `set -e` is named, also one that said nothing itself.
errors_speak() {
    set -E
    trap 'warn "in ${BASH_SOURCE[0]##*/}, line $LINENO: ended with $?: $BASH_COMMAND"' ERR
}

step() { # "WHAT" COMMAND...: says what is done, and how many seconds it took
    local since=$SECONDS
    step_now=$1
    shift
    say "== $step_now"
    "$@"
    say "   $((SECONDS - since)) s"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

random_word() { # LENGTH: letters and digits only, so that it needs no quoting in a URL, a conf file or SQL
    local bytes
    bytes=$(head -c 512 /dev/urandom | base64 -w0 | tr -dc 'A-Za-z0-9')
    printf '%s' "${bytes:0:$1}"
}

secret() { # FILE: the random password kept there, made on first use, readable by its owner alone
    [ -s "$1" ] || (umask 077 && mkdir -p "$(dirname "$1")" && random_word 32 >"$1")
    cat "$1"
}

# --- ports: private, on 127.0.0.1, below the range from which the kernel hands out client ports ---

port_is_taken() {
    grep -qi ":$(printf '%04X' "$1") [0-9A-F:]* 0A " /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_for() { # FILE: the port kept there while it is free, otherwise a new free one
    local port
    port=$(cat "$1" 2>/dev/null || true)
    while [ -z "$port" ] || port_is_taken "$port"; do port=$((20000 + RANDOM % 12000)); done
    mkdir -p "$(dirname "$1")"
    printf '%s' "$port" | tee "$1"
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# --- waiting: always for a state, never for a time ---

wait_until() { # SECONDS "WHAT" LOG COMMAND...: asks until COMMAND succeeds, in a subshell, as it may end in `fail`
    local deadline=$((SECONDS + $1)) limit=$1 what=$2 log=$3
    shift 3
    until ("$@") >/dev/null 2>&1; do
        if ((SECONDS >= deadline)); then
            tail -n 8 "$log" 2>/dev/null | sed 's/^/    /' >&2
            fail "$what: not reached within $limit s. The log is $log."
        fi
        sleep 0.1
    done
}

# --- processes: a record says pid, start time and boot, so that a number that was given out again is never taken for ours ---

process_stamp() { # PID -> "pid start boot", nothing when it is gone or only waits to be reaped
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # After "pid (name) " the first field is the state and the twentieth the start time.
    # shellcheck disable=SC2086 # fields are words
    set -- "$1" ${stat##*) }
    [ "$2" != Z ] || return 1
    printf '%s %s %s\n' "$1" "${21}" "$(cat /proc/sys/kernel/random/boot_id)"
}

process_pid() { # RECORD: the pid, when the recorded process still lives
    local pid
    read -r pid _ 2>/dev/null <"$1" || return 1
    [ "$(process_stamp "$pid")" = "$(cat "$1")" ] || return 1
    printf '%s' "$pid"
}

process_is_gone() { ! process_pid "$1" >/dev/null; }

process_end() { # RECORD "WHAT" SECONDS: waits for its end, which was asked for, and after SECONDS makes it end
    local pid deadline=$((SECONDS + $3))
    until process_is_gone "$1" || ((SECONDS >= deadline)); do sleep 0.1; done
    if pid=$(process_pid "$1"); then
        warn "$2 did not end within $3 s and is killed."
        kill -s KILL "$pid" 2>/dev/null || true
        wait_until 10 "$2: its end" /dev/null process_is_gone "$1"
    fi
    rm -f "$1"
}

process_child() { # PID: its first child
    local stat line
    for stat in /proc/[0-9]*/stat; do
        { read -r line <"$stat"; } 2>/dev/null || continue
        line=${line##*) }
        line=${line#* }
        [ "${line%% *}" != "$1" ] || { stat=${stat#/proc/} && printf '%s' "${stat%/stat}" && return 0; }
    done
    return 1
}
