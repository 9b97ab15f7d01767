# shellcheck shell=bash
# The worker below STATE/worker: where the private libvirt is, against the private RabbitMQ and PostgreSQL, with
# everything that it writes below STATE. It runs as root; a real host gives it a user and sudo (deploy/barrier).

readonly CETAK_HOST_NAME=hv1

worker_start() { # STATE APPLICATION: the directory of quarkus-run.jar
    local state=$1 dir=$1/worker name=worker
    kept_stop "$state" $name
    mkdir -p "$dir" "$state"/{tmp,appliance} "$state"/images/{sealed,clones,work,import}
    rm -rf "$dir/application"
    # With their times: the archive of classes holds for them, and for a relative path.
    cp -a "$2" "$dir/application"
    port_for "$dir/port" >/dev/null
    (umask 077 && worker_environment "$state" >"$dir/environment")
    # The passwords travel in a file: arguments can be read by everybody.
    # shellcheck disable=SC2016 # for the inner shell
    (cd "$dir/application" && kept_start "$state" $name libvirt bash -c 'set -a && . "$1" && shift && exec "$@"' worker "$dir/environment" \
        "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx384m -Xmn40m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError \
        -XX:SharedArchiveFile=app-cds.jsa '-Xlog:cds*=off' -Djna.encoding=UTF-8 -jar quarkus-run.jar)
    contained_ready "$state" $name 120 "worker" http_is_ok "$(cat "$dir/port")" /q/health/ready
}

worker_environment() { # STATE
    cat <<END
CETAK_HOST=$CETAK_HOST_NAME
CETAK_LIBVIRT_URI=qemu:///system
CETAK_IMAGES_DIRECTORY=$1/images
CETAK_BARRIER_COMMAND=$(barrier_program)
CETAK_BARRIER_CONF=$1/barrier/barrier.conf
RABBITMQ_HOST=127.0.0.1
RABBITMQ_PORT=$(cat "$1/rabbitmq/port")
RABBITMQ_USERNAME=cetak
RABBITMQ_PASSWORD=$(cat "$1/secret/rabbitmq")
QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://127.0.0.1:$(cat "$1/postgresql/port")/cetak
QUARKUS_DATASOURCE_USERNAME=cetak
QUARKUS_DATASOURCE_PASSWORD=$(cat "$1/secret/postgresql")
QUARKUS_HTTP_HOST=127.0.0.1
QUARKUS_HTTP_PORT=$(cat "$1/worker/port")
HOME=$1/worker
TMPDIR=$1/tmp
LANG=C.UTF-8
END
    libguestfs_environment "$1"
    # What a caller wants otherwise for this start.
    cat "$1/worker.settings" 2>/dev/null || true
}

# libguestfs calls QEMU itself, and keeps its appliance where it can be removed with the rest.
libguestfs_environment() { # STATE
    echo "LIBGUESTFS_BACKEND=direct"
    echo "LIBGUESTFS_CACHEDIR=$1/appliance"
    [ "$(cat "$1/accelerator")" = kvm ] || echo "LIBGUESTFS_BACKEND_SETTINGS=force_tcg"
}

worker_stop() { kept_stop "$1" worker 30; } # STATE

http_get() ( # PORT PATH: the answer's body; fails unless the status is 200
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
    read -r _ status _ <&3
    sed '1,/^\r*$/d' <&3
    [ "$status" = 200 ]
)

http_is_ok() { http_get "$1" "$2" >/dev/null 2>&1; }

# --- the barrier: its root program with settings below STATE ---

barrier_program() { realpath "$CETAK_LIB/../barrier/cetak-barrier"; }

barrier() { # STATE VERB...
    local state=$1
    shift
    libvirt_run "$state" env CETAK_BARRIER_CONF="$state/barrier/barrier.conf" "$(barrier_program)" "$@"
}

barrier_install() { # STATE
    mkdir -p "$1"/barrier "$1"/images/{sealed,clones,work}
    cat >"$1/barrier/barrier.conf" <<END
sealed=$1/images/sealed
list=$1/barrier/sealed
group=libvirt-qemu
hooks=/etc/libvirt/hooks/qemu.d
audit=$1/barrier/audit.log
pidfile=/run/libvirt/libvirtd.pid
END
    barrier "$1" install
    barrier "$1" canary
}
