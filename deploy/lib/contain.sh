# shellcheck shell=bash
# A contained service: it runs under tini as PID 1 of a PID, mount and IPC namespace of its own. When its
# PID 1 ends, for whatever reason, the kernel ends everything that it ever started: helpers such as epmd,
# QEMUs, shared memory and mounts too. So one recorded process is all that there is to stop.
#   STATE/run/NAME.process   the record: pid, start time, boot
#   STATE/log/NAME.log       what it says

contained_record() { printf '%s/run/%s.process' "$1" "$2"; }
contained_log() { printf '%s/log/%s.log' "$1" "$2"; }
contained_is_running() { process_pid "$(contained_record "$1" "$2")" >/dev/null; }

contained_start() { # STATE NAME COMMAND...
    local state=$1 name=$2
    shift 2
    # Some releases of unshare hand their blocked signals down, which would make a service deaf to its end.
    contained_spawn "$state" "$name" unshare --mount --pid --ipc --fork --kill-child=KILL --mount-proc -- \
        tini -- env --default-signal=INT,TERM,HUP "$@"
}

# The process writes its own record before it becomes COMMAND: an end of this script between the two
# cannot leave a process that nobody knows.
contained_spawn() { # STATE NAME COMMAND...
    local record log
    record=$(contained_record "$1" "$2")
    log=$(contained_log "$1" "$2")
    shift 2
    mkdir -p "${record%/*}" "${log%/*}"
    # shellcheck disable=SC2016 # for the inner shell
    setsid bash -c '
        . "$1/common.sh" && process_stamp $$ >"$2" && shift 2
        ulimit -n "$(( $(ulimit -Hn) < 16384 ? $(ulimit -Hn) : 16384 ))" 2>/dev/null
        exec "$@"
    ' contained "$CETAK_LIB" "$record" "$@" </dev/null >>"$log" 2>&1 9>&- &
    disown
}

contained_ready() { # STATE NAME SECONDS "WHAT" COMMAND...: waits until COMMAND succeeds
    local state=$1 name=$2 limit=$3 what=$4
    shift 4
    wait_until 30 "$what: start" "$(contained_log "$state" "$name")" contained_is_running "$state" "$name"
    wait_until "$limit" "$what" "$(contained_log "$state" "$name")" contained_answers "$state" "$name" "$@"
    contained_is_running "$state" "$name" ||
        fail "$what: it ended at once. The log is $(contained_log "$state" "$name")."
}

# Ended counts as an answer, so that nobody waits for a service that is no more.
contained_answers() {
    local state=$1 name=$2
    shift 2
    ! contained_is_running "$state" "$name" || "$@"
}

contained_init() { # STATE NAME: PID 1 of its namespace, as seen from here
    local pid
    pid=$(process_pid "$(contained_record "$1" "$2")") && process_child "$pid"
}

contained_run() { # STATE NAME COMMAND...: runs COMMAND inside
    local init
    init=$(contained_init "$1" "$2") || fail "$2 does not run (state directory $1)."
    shift 2
    nsenter --target "$init" --mount --pid --ipc --root --wd="$PWD" -- "$@"
}

contained_stop() { # STATE NAME [SIGNAL [SECONDS]]
    local init
    if init=$(contained_init "$1" "$2"); then kill -s "${3:-TERM}" "$init" 2>/dev/null || true; fi
    process_end "$(contained_record "$1" "$2")" "$2" "${4:-20}"
}

# A kept command runs inside another service's namespaces and is started again when it ends.

kept_start() { # STATE NAME SERVICE COMMAND...
    local state=$1 name=$2
    shift 2
    contained_spawn "$state" "$name" "$CETAK_LIB/keep" "$state" "$@"
}

kept_stop() { # STATE NAME [SECONDS]
    local record pid
    record=$(contained_record "$1" "$2")
    if pid=$(process_pid "$record"); then kill -s TERM "$pid" 2>/dev/null || true; fi
    process_end "$record" "$2" "${3:-20}"
}
