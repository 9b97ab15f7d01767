# shellcheck shell=bash
# The quickstart's demonstration: a golden VM that has run, its seal, three clones, and the proof that they differ.

readonly SEAL_SECONDS=300 CLONE_SECONDS=120 BOOT_SECONDS=90

# --- what can be asked of libvirt and a guest ---

virsh_in() { # STATE VIRSH-ARGUMENT...
    local state=$1
    shift
    libvirt_run "$state" virsh -q -c qemu:///system "$@"
}

domain_is() { [ "$(virsh_in "$1" domstate "$2")" = "$3" ]; } # STATE DOMAIN "STATE OF THE DOMAIN"

domain_console() { virsh_in "$1" dumpxml --inactive "$2" | sed -n "/<serial type=.file/,/<.serial>/s/.*<source path='\([^']*\)'.*/\1/p"; } # STATE DOMAIN
domain_disk() { virsh_in "$1" domblklist "$2" | awk '$1 == "vda" {print $2}'; }                                     # STATE DOMAIN
domain_mac() { virsh_in "$1" domiflist "$2" | awk 'NF >= 5 {print $NF; exit}'; }                                     # STATE DOMAIN

guest_line() { { grep -as '^CETAK-GUEST hostname=' "$1" || true; } | tail -n 1 | tr -d '\r'; } # CONSOLE-LOG
guest_has_spoken() { [ -n "$(guest_line "$1")" ]; }
guest_word() { sed -n "s/.* $1=\([^ ]*\).*/\1/p" <<<" $2"; } # NAME LINE

disk_backing() { qemu-img info -U --output=json "$1" | sed -n 's/^ *"full-backing-filename": "\(.*\)".*/\1/p' | head -n 1; } # DISK

# --- the golden VM ---

# KVM counts only when a kernel really runs under it as QEMU's user: a /dev/kvm that opens is not enough.
accelerator_find() { # STATE
    local state=$1
    echo qemu >"$state/accelerator"
    if libvirt_run "$state" setpriv --reuid libvirt-qemu --regid libvirt-qemu --init-groups test -w /dev/kvm 2>/dev/null &&
        accelerator_try "$state" | grep -qam1 'Linux version'; then
        echo kvm >"$state/accelerator"
    fi
    say "   virtual machines run with: $(sed 's/^qemu$/QEMU without KVM (slower)/' "$state/accelerator")"
}

accelerator_try() { # STATE
    libvirt_run "$1" setpriv --reuid libvirt-qemu --regid libvirt-qemu --init-groups \
        timeout 4 qemu-system-x86_64 -accel kvm -m 128 -display none -nodefaults -no-reboot -serial stdio \
        -kernel "$1/guest/vmlinuz" -initrd "$1/guest/initrd.gz" -append 'console=ttyS0 panic=-1' </dev/null 2>/dev/null || true
}

golden_make() { # STATE
    local state=$1
    mkdir -p "$state"/{golden,console}
    cp "$state/guest/guest.qcow2" "$state/golden/golden.qcow2"
    domain_xml "$state" golden "$state/golden/golden.qcow2" >"$state/golden/golden.xml"
    virsh_in "$state" define "$state/golden/golden.xml"
    virsh_in "$state" domuuid golden >"$state/golden/uuid"
}

domain_xml() { # STATE NAME DISK
    "$CETAK_LIB/../guest/domain-xml" "$2" "$3" "$(cat "$1/accelerator")" "$1/guest" "$1/console/$2.log"
}

golden_run() { # STATE
    local state=$1 console=$1/console/golden.log
    virsh_in "$state" start golden
    wait_until $BOOT_SECONDS "golden: its boot" "$console" guest_has_spoken "$console"
    say "   $(guest_line "$console")"
    # A press of the power button that comes before the guest listens is lost, so it is pressed until it works.
    wait_until 60 "golden: its shutdown" "$console" golden_is_off "$state"
}

golden_is_off() {
    domain_is "$1" golden "shut off" || { virsh_in "$1" shutdown golden || true; sleep 1; domain_is "$1" golden "shut off"; }
}

# --- commands and events ---

events_watch() { # STATE
    AMQP_URL=$(rabbitmq_url "$1") contained_spawn "$1" events "$CETAK_LIB/amqp" watch "$1/events.jsonl"
    wait_until 20 "the watch on cetak.events" "$(contained_log "$1" events)" test -e "$1/events.jsonl"
    tail --pid=$$ -n +1 -f "$(contained_log "$1" events)" 9>&- &
    events_tail=$!
    disown
}

events_end() { # STATE
    [ -z "${events_tail:-}" ] || kill "$events_tail" 2>/dev/null || true
    kept_stop "$1" events 10
}

command_send() { # STATE JSON
    say "   sent   $2"
    AMQP_URL=$(rabbitmq_url "$1") "$CETAK_LIB/amqp" send "host.$CETAK_HOST_NAME" <<<"$2"
}

command_outcome() { # STATE ID SECONDS: the event that ends the command, kept as STATE/outcome/ID
    mkdir -p "$1/outcome"
    "$CETAK_LIB/amqp" outcome "$1/events.jsonl" "$3" "$2" >"$1/outcome/$2" ||
        fail "Command $2 did not end well: $(head -c 600 "$1/outcome/$2")." \
            "The worker's log is $(contained_log "$1" worker)."
}

outcome_field() { "$CETAK_LIB/amqp" field "$3" <"$1/outcome/$2"; } # STATE ID NAME

golden_seal() { # STATE
    command_send "$1" '{"command":"sysprep","id":"seal-golden","domain":"golden","template":"debian-12"}'
    command_outcome "$1" seal-golden $SEAL_SECONDS
}

sealed_disk() { # STATE: the one that is not the canary's
    find "$1/images/sealed" -name disk-0.qcow2 ! -path '*/00000000-0000-4000-8000-000000000000/*'
}

clones_cast() { # STATE
    local name
    for name in web-01 web-02 web-03; do
        local start=true
        [ $name != web-03 ] || start=false
        command_send "$1" "{\"command\":\"clone\",\"id\":\"clone-$name\",\"template\":\"debian-12\",\"name\":\"$name\",\"start\":$start}"
    done
    for name in web-01 web-02 web-03; do command_outcome "$1" clone-$name $CLONE_SECONDS; done
}

clones_boot() { # STATE
    local name console
    for name in web-01 web-02; do
        console=$(domain_console "$1" $name)
        [ -n "$console" ] || fail "$name has no serial console that writes to a file, so it cannot say who it is."
        wait_until $BOOT_SECONDS "$name: its first boot" "$console" guest_has_spoken "$console"
    done
}

# --- the proof ---

# One line per VM: what libvirt, the disk and the guest itself say, never what the worker said.
machine_facts() { # STATE NAME
    local state=$1 name=$2 line disk
    line=$(guest_line "$(domain_console "$state" "$name")")
    disk=$(domain_disk "$state" "$name")
    printf '%s|' "$name" "$(virsh_in "$state" domuuid "$name")" "$(domain_mac "$state" "$name")"
    if [ -n "$line" ]; then
        printf '%s|' "$(guest_word machine-id "$line")" "$(guest_word ssh "$line")" "$(guest_word hostname "$line")"
    else
        printf '%s|' "$(disk_identity "$state" "$disk")" "made at first boot" "made at first boot"
    fi
    printf '%s|%s\n' "$disk" "$(disk_backing "$disk")"
}

# A machine that never ran is asked through its disk: the machine-id must be empty there. The demo guest's disk
# is one bare ext4, so debugfs can read it; libguestfs would boot an appliance for one line.
disk_identity() { # STATE DISK
    local raw=$1/tmp/disk.raw id
    qemu-img convert -U -O raw "$2" "$raw"
    [ -n "$(debugfs -R 'cat /etc/hostname' "$raw" 2>/dev/null)" ] || { printf 'cannot be read' && return; }
    id=$(debugfs -R 'cat /etc/machine-id' "$raw" 2>/dev/null)
    rm -f "$raw"
    case $id in '' | uninitialized) printf 'made at first boot' ;; *) printf '%s' "$id" ;; esac
}

golden_facts() { # STATE: from the boot before the seal
    local line
    line=$(guest_line "$1/console/golden.log")
    printf '%s|' golden "$(cat "$1/golden/uuid")" "$(guest_word mac "$line")" "$(guest_word machine-id "$line")" \
        "$(guest_word ssh "$line")" "$(guest_word hostname "$line")"
    printf '%s|%s\n' "$1/golden/golden.qcow2" none
}

clones_table() { # STATE
    local facts=$1/machines
    { golden_facts "$1" && for name in web-01 web-02 web-03; do machine_facts "$1" $name; done; } >"$facts"
    awk -F'|' '
        BEGIN { split("name UUID MAC machine-id SSH-host-key hostname disk backing-file", title, " ") }
        { print ""; for (i = 1; i <= 8; i++) printf "   %-13s %s\n", title[i], $i }' "$facts"
    say ""
    clones_differ "$facts" "$(sealed_disk "$1")"
}

clones_differ() { # FACTS SEALED-DISK
    awk -F'|' -v sealed="$2" '
        BEGIN { split("name UUID MAC machine-id SSH-host-key hostname disk", title, " ") }
        {
            for (i = 1; i <= 7; i++) {
                if ($i == "" || $i == "none" || $i == "cannot be read") { print "   " $1 " has no " title[i]; bad = 1 }
                else if ($i != "made at first boot" && (i, $i) in seen) { print "   " $1 " and " seen[i, $i] " share the " title[i] " " $i; bad = 1 }
                seen[i, $i] = $1
            }
            if ($1 == "golden") next
            if ($8 != sealed) { print "   " $1 " does not stand on the sealed image"; bad = 1 }
            if ($6 != $1 && $6 != "made at first boot") { print "   " $1 " calls itself " $6; bad = 1 }
        }
        END { exit bad }' "$1" || fail "The clones are not all different. The facts are in $1."
    say "   No two of them share a name, UUID, MAC, machine-id, SSH host key, hostname or disk; all stand on the sealed image."
}
