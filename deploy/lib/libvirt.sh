# shellcheck shell=bash
# A private libvirtd below STATE/libvirt. It sees its own directories where libvirt's usually are, so that it
# meets neither a libvirtd of the machine nor another private one; QEMU runs as libvirt-qemu.
# Guests end with it. Commands that talk to it run inside: libvirt_run STATE virsh list

libvirt_start() { # STATE
    local state=$1 dir=$1/libvirt name=libvirt
    if contained_is_running "$state" $name && libvirt_answers "$state"; then return 0; fi
    contained_stop "$state" $name
    libvirt_user "$state"
    mkdir -p "$dir"/{run,etc/hooks/qemu.d,lib,log,cache}
    # Sockets and pid files of an earlier run; its guests ended with its namespace.
    find "$dir/run" -mindepth 1 -delete
    [ -s "$dir/host-uuid" ] || cat /proc/sys/kernel/random/uuid >"$dir/host-uuid"
    libvirt_conf "$(cat "$dir/host-uuid")" >"$dir/etc/libvirtd.conf"
    libvirt_qemu_conf >"$dir/etc/qemu.conf"
    libvirt_mount_points "$state"
    contained_start "$state" $name "$CETAK_LIB/libvirt-inside" "$dir"
    contained_ready "$state" $name 60 "libvirtd" libvirt_answers "$state"
}

libvirt_conf() { # HOST-UUID
    cat <<END
unix_sock_group = "root"
unix_sock_ro_perms = "0700"
unix_sock_rw_perms = "0700"
auth_unix_ro = "none"
auth_unix_rw = "none"
host_uuid = "$1"
log_outputs = "3:stderr"
END
}

libvirt_qemu_conf() {
    cat <<END
user = "libvirt-qemu"
group = "libvirt-qemu"
dynamic_ownership = 1
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
stdio_handler = "file"
max_core = 0
END
}

libvirt_run() { # STATE COMMAND...: runs COMMAND where the private libvirtd is
    local state=$1
    shift
    contained_run "$state" libvirt "$@"
}

# The socket is looked for outside first: before the mounts are laid, virsh inside would ask the machine's own libvirtd.
libvirt_answers() { # STATE
    [ -S "$1/libvirt/run/libvirt-sock" ] && libvirt_run "$1" timeout 5 virsh -q -c qemu:///system list
}

# The user that Debian's and Ubuntu's libvirt-daemon-system would make, with their number.
libvirt_user() { # STATE
    if id libvirt-qemu >/dev/null 2>&1; then return 0; fi
    mkdir -p "$1/made"
    touch "$1/made/user-libvirt-qemu"
    getent group libvirt-qemu >/dev/null || groupadd -r -g 64055 libvirt-qemu
    useradd -K SYS_UID_MAX=64055 -r -u 64055 -g libvirt-qemu -M -d /var/lib/libvirt -s /usr/sbin/nologin libvirt-qemu
    ! getent group kvm >/dev/null || usermod -aG kvm libvirt-qemu
}

libvirt_mount_points() { # STATE
    local dir
    mkdir -p "$1/made"
    for dir in /run/libvirt /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
        [ -d "$dir" ] || { echo "$dir" >>"$1/made/directories" && mkdir -p "$dir"; }
    done
}

libvirt_stop() { contained_stop "$1" libvirt TERM 20; } # STATE

# Takes away what starting made outside STATE; a directory stays while another private libvirtd sits on it.
libvirt_remove() { # STATE
    local dir
    libvirt_stop "$1"
    while read -r dir; do
        grep -qs " $dir " /proc/[0-9]*/mountinfo || rmdir "$dir" 2>/dev/null || true
    done < <(cat "$1/made/directories" 2>/dev/null || true)
    if [ -e "$1/made/user-libvirt-qemu" ]; then
        userdel libvirt-qemu 2>/dev/null || warn "The user libvirt-qemu stays: another process runs as it."
        ! getent group libvirt-qemu >/dev/null || groupdel libvirt-qemu 2>/dev/null || true
    fi
}
