# shellcheck shell=bash
# A private PostgreSQL below STATE/postgresql, with fsync on: what it said is committed survives kill -9. Its
# shared memory lies there too, as nobody would take a killed server's files out of /dev/shm.
# User and database are cetak, the password lies in STATE/secret/postgresql, the port in STATE/postgresql/port.

postgresql_bin() {
    local bins=(/usr/lib/postgresql/*/bin)
    [ -x "${bins[-1]}/initdb" ] || fail "No PostgreSQL server below /usr/lib/postgresql. Install the package postgresql."
    printf '%s' "${bins[-1]}"
}

postgresql_as() { setpriv --reuid postgres --regid postgres --init-groups env -i PATH="$PATH" LANG=C.UTF-8 "$@"; }

postgresql_start() { # STATE
    local state=$1 dir=$1/postgresql bin name=postgresql
    bin=$(postgresql_bin)
    if ! contained_is_running "$state" $name || ! postgresql_answers "$state"; then
        contained_stop "$state" $name
        postgresql_create "$dir" "$bin"
        port_for "$dir/port" >/dev/null
        # Nothing of an earlier run lives (its namespace is gone), so its pid file says nothing.
        rm -f "$dir/data/postmaster.pid"
        contained_start "$state" $name setpriv --reuid postgres --regid postgres --init-groups \
            env -i PATH="$PATH" LANG=C.UTF-8 "$bin/postgres" -D "$dir/data" \
            -c listen_addresses=127.0.0.1 -c port="$(cat "$dir/port")" -c unix_socket_directories="$dir" \
            -c dynamic_shared_memory_type=mmap -c shared_buffers=32MB -c max_connections=100
        contained_ready "$state" $name 60 "PostgreSQL" postgresql_answers "$state"
    fi
    postgresql_user "$state"
}

# Made aside and renamed last: a first start that was killed leaves nothing half made.
postgresql_create() { # DIR BIN
    [ ! -s "$1/data/PG_VERSION" ] || return 0
    mkdir -p "$1"
    rm -rf "$1/data.part"
    chown postgres:postgres "$1"
    (cd / && postgresql_as "$2/initdb" -D "$1/data.part" -U postgres -E UTF8 --locale=C.UTF-8 --no-sync \
        --auth-local=peer --auth-host=scram-sha-256) >"$1/initdb.log" 2>&1 ||
        fail "PostgreSQL: initdb failed. The log is $1/initdb.log."
    mv "$1/data.part" "$1/data"
}

postgresql_answers() { # STATE
    "$(postgresql_bin)/pg_isready" -q -h 127.0.0.1 -p "$(cat "$1/postgresql/port")"
}

postgresql_admin() { # STATE: SQL from standard input, as the superuser, over the socket
    (cd / && postgresql_as "$(postgresql_bin)/psql" -qAtX -v ON_ERROR_STOP=1 \
        -h "$1/postgresql" -p "$(cat "$1/postgresql/port")" -d postgres)
}

postgresql_user() { # STATE
    local password
    password=$(secret "$1/secret/postgresql")
    postgresql_admin "$1" <<END
select 'create role cetak login' where not exists (select from pg_roles where rolname = 'cetak') \gexec
alter role cetak password '$password';
select 'create database cetak owner cetak' where not exists (select from pg_database where datname = 'cetak') \gexec
END
}

postgresql_url() { # STATE
    printf 'postgresql://cetak:%s@127.0.0.1:%s/cetak' "$(cat "$1/secret/postgresql")" "$(cat "$1/postgresql/port")"
}

postgresql_stop() { contained_stop "$1" postgresql INT 30; } # STATE
