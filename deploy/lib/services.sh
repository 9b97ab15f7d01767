#!/usr/bin/env bash
# Private services for the quickstart and the tests: RabbitMQ, PostgreSQL and libvirt, each below one state
# directory, on free ports of 127.0.0.1, beside whatever the machine runs itself. Needs root.
# Sourced, it gives the functions; run, it calls one:
#   services.sh rabbitmq_start /var/tmp/one
set -euo pipefail

CETAK_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$CETAK_LIB/common.sh"
. "$CETAK_LIB/contain.sh"
. "$CETAK_LIB/rabbitmq.sh"
. "$CETAK_LIB/postgresql.sh"
. "$CETAK_LIB/libvirt.sh"
. "$CETAK_LIB/worker.sh"

# Images need a file system with the immutable flag, the part of the barrier that stops even root's QEMU, and
# one that outlives a reboot: some kernels give the flag to tmpfs too.
images_check() { # DIRECTORY
    local probe=$1/.immutable-probe kind refused=false
    mkdir -p "$1"
    kind=$(stat -f -c %T "$1")
    [ ! -e "$probe" ] || chattr -i "$probe" 2>/dev/null || true
    : >"$probe"
    if chattr +i "$probe" 2>/dev/null; then
        (: >>"$probe") 2>/dev/null || refused=true
        chattr -i "$probe"
    fi
    rm -f "$probe"
    case $kind in tmpfs | ramfs | overlayfs) refused=false ;; esac
    $refused || fail "$1 lies on $kind, which keeps no immutable file (or this container lacks CAP_LINUX_IMMUTABLE)." \
        "A sealed image needs it: choose a directory on ext4, xfs or btrfs."
}

services_stop() { # STATE: in order, and then whatever else has a record
    local record
    worker_stop "$1"
    libvirt_stop "$1"
    rabbitmq_stop "$1"
    postgresql_stop "$1"
    for record in "$1"/run/*.process; do
        [ ! -e "$record" ] || kept_stop "$1" "$(basename "$record" .process)"
    done
}

# Ends everything that was started below STATE and removes STATE, sealed images too.
services_remove() { # STATE
    [ -d "$1" ] || return 0
    services_stop "$1"
    libvirt_remove "$1"
    chattr -R -f -i "$1" || true
    rm -rf "$1"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then "$@"; fi
