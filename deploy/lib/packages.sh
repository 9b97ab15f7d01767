# shellcheck shell=bash
# Installs what is missing, from the distribution, and lets no package start or enable a service: the
# quickstart and the tests start their own, and the machine keeps what it had. Debian 12, Ubuntu 22.04, 24.04.

readonly POLICY=/usr/sbin/policy-rc.d
readonly POLICY_KEPT=$POLICY.before-cetak

packages_of_services() {
    printf '%s\n' tini iproute2 util-linux e2fsprogs rabbitmq-server postgresql \
        libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils libguestfs-tools
    packages_kernel
}

packages_of_guest() { printf '%s\n' busybox-static dropbear-bin kmod e2fsprogs qemu-utils; }

# Of the cloud image, which only the tests have.
packages_of_cloud_guest() { printf '%s\n' mmdebstrap debian-archive-keyring openssh-client grub-common grub-pc-bin fdisk e2fsprogs qemu-utils; }

# Of the guests of other makes, which only the tests have.
packages_of_makes() { printf '%s\n' lvm2 grub-common grub-efi-amd64-bin dosfstools mtools fdisk ovmf libguestfs-tools; }

packages_of_quickstart() {
    packages_of_services
    packages_of_guest
    printf '%s\n' amqp-tools python3-pika
}

# Guests and libguestfs's appliance need a kernel with its modules; a machine that has one needs no other.
packages_kernel() {
    local image
    for image in /boot/vmlinuz-*; do
        [ ! -d "/lib/modules/${image#/boot/vmlinuz-}/kernel" ] || return 0
    done
    case $(. /etc/os-release && echo "$ID") in
        ubuntu) echo linux-image-virtual ;;
        *) echo linux-image-cloud-amd64 ;;
    esac
}

packages_missing() { # NAME...
    local name
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$name"
    done | sort -u
}

# In a subshell, so that its trap stays its own.
packages_install() ( # "WHY" NAME...
    why=$1
    shift
    command -v apt-get >/dev/null ||
        fail "This needs Debian or Ubuntu (apt-get), for: $*. Install their counterparts by hand and run it again."
    packages_policy_restore # of an earlier run that was killed
    mapfile -t missing < <(packages_missing "$@")
    if [ ${#missing[@]} = 0 ]; then
        say "   all packages are here already"
        exit 0
    fi
    say "   installing ${missing[*]} ($why)"
    enabled=$(packages_enabled_units)
    trap packages_policy_restore EXIT
    packages_policy_deny
    packages_no_cluster
    packages_apt update
    packages_apt install --no-install-recommends "${missing[@]}"
    packages_policy_restore
    packages_disable_new "$enabled"
)

packages_apt() {
    local log
    log=$(mktemp "${TMPDIR:-/tmp}/cetak-apt.XXXXXX")
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
        -o Dpkg::Options::=--force-confold "$@" </dev/null >"$log" 2>&1 || {
        tail -n 8 "$log" | sed 's/^/    /' >&2
        fail "apt-get $1. The log is $log. Repair what apt-get says there (network? package sources?) and run it again."
    }
    rm -f "$log"
}

# policy-rc.d is Debian's word for "start nothing": 101. One that is here already is put back afterwards.
packages_policy_deny() {
    [ ! -e "$POLICY" ] || as_root mv "$POLICY" "$POLICY_KEPT"
    printf '#!/bin/sh\n# cetak: removed after the installation\nexit 101\n' | as_root tee "$POLICY" >/dev/null
    as_root chmod 755 "$POLICY"
}

packages_policy_restore() {
    ! grep -qs '^# cetak: removed' "$POLICY" || as_root rm -f "$POLICY"
    [ ! -e "$POLICY_KEPT" ] || as_root mv "$POLICY_KEPT" "$POLICY"
}

# A PostgreSQL that was never here gets no system cluster; one that is here keeps its settings.
packages_no_cluster() {
    local conf=/etc/postgresql-common/createcluster.conf
    [ ! -e "$conf" ] || return 0
    as_root mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null
}

packages_enabled_units() {
    command -v systemctl >/dev/null || return 0
    { systemctl list-unit-files --state=enabled --no-legend 2>/dev/null || true; } | awk '{print $1}' | sort
}

packages_disable_new() { # UNITS-BEFORE: what came enabled would start with the next boot
    local new
    mapfile -t new < <(comm -13 <(printf '%s\n' "$1") <(packages_enabled_units))
    [ ${#new[@]} = 0 ] || as_root systemctl disable --quiet "${new[@]}" 2>/dev/null || true
}

jdk_find() { # sets JAVA_HOME to a JDK 17, installed when there is none
    local home
    for home in "${JAVA_HOME:-}" "$(command -v javac | xargs -r readlink -f | sed 's|/bin/javac$||')" /usr/lib/jvm/*; do
        [[ -n "$home" && "$("$home/bin/javac" -version 2>&1)" == "javac 17."* ]] || continue
        export JAVA_HOME=$home
        return 0
    done
    packages_install "JDK 17, to build and run Cetak" openjdk-17-jdk-headless
    JAVA_HOME=$(printf '%s\n' /usr/lib/jvm/java-17-openjdk-* | head -n 1)
    export JAVA_HOME
}
