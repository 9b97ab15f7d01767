# shellcheck shell=bash
# Eight ways to boot or change the sealed image. Each is the plain act of an administrator; none may work.

attack_all() { # STATE
    local state=$1 sealed attack open=0
    sealed=$(sealed_disk "$state")
    [ -f "$sealed" ] || fail "There is no sealed image below $state/images/sealed to attack."
    say "   SEALED is $sealed"
    for attack in start transient readonly hotplug blockcommit resize delete by_hand; do
        attack_one "$state" "$sealed" $attack || open=$((open + 1))
    done
    digest_holds "$state" "$sealed"
    [ $open = 0 ] || fail "$open of 8 attacks on the sealed image were not refused."
}

# Refused counts only when it was the barrier that refused: the hook, the owner and mode, or the immutable flag.
attack_one() { # STATE SEALED ATTACK
    local answer reason code=0 what
    what=$("attack_${3}_is")
    answer=$("attack_$3" "$1" "$2" 2>&1) || code=$?
    reason=$(attack_reason <<<"${answer//"$2"/SEALED}")
    if [ $code = 0 ]; then
        printf '   NOT REFUSED  %s\n' "$what"
        return 1
    elif [ -z "$reason" ]; then
        printf '   FAILED, BUT NOT BY THE BARRIER  %s\n' "$what"
        sed 's/^/      /' <<<"$answer"
        return 1
    fi
    printf '   refused  %-40s %s\n' "$what" "$reason"
}

# The hook's or QEMU's own words: what libvirt puts before them only says that there was an error.
attack_reason() {
    sed -n 's/.*exit status 1: //; s/.*\(Cetak: \)/\1/; s/^error: //
        /^Cetak: .* refused\|Operation not permitted\|Permission denied/p' | tail -n 1 | cut -c1-200
}

attack_start_is() { echo "define and start its XML"; }
attack_start() {
    domain_xml "$1" sealed-again "$2" >"$1/attack.xml"
    virsh_in "$1" define "$1/attack.xml"
    local code=0
    virsh_in "$1" start sealed-again || code=$?
    virsh_in "$1" destroy sealed-again >/dev/null 2>&1 || true
    virsh_in "$1" undefine sealed-again
    return $code
}

attack_transient_is() { echo "a transient domain under another name"; }
attack_transient() {
    domain_xml "$1" borrowed "$2" >"$1/attack.xml"
    attack_create "$1" borrowed
}

attack_create() { # STATE NAME
    local code=0
    virsh_in "$1" create "$1/attack.xml" || code=$?
    virsh_in "$1" destroy "$2" >/dev/null 2>&1 || true
    return $code
}

attack_readonly_is() { echo "the same with a read-only disk"; }
attack_readonly() {
    domain_xml "$1" only-looking "$2" | sed "s|<target dev='vda'|<readonly/>&|" >"$1/attack.xml"
    attack_create "$1" only-looking
}

attack_hotplug_is() { echo "hotplug into the running web-01"; }
attack_hotplug() { virsh_in "$1" attach-disk web-01 "$2" vdx --subdriver qcow2 && virsh_in "$1" detach-disk web-01 vdx; }

attack_blockcommit_is() { echo "blockcommit from the clone web-02"; }
attack_blockcommit() { virsh_in "$1" blockcommit web-02 vda --active --pivot --wait --timeout 60; }

attack_resize_is() { echo "vol-resize"; }
attack_resize() { attack_volume "$1" "$2" vol-resize 1G; }

attack_delete_is() { echo "vol-delete"; }
attack_delete() { attack_volume "$1" "$2" vol-delete; }

attack_volume() { # STATE SEALED VERB [ARGUMENT]
    local state=$1 sealed=$2 verb=$3 code=0
    shift 3
    virsh_in "$state" pool-create-as attack dir --target "${sealed%/*}"
    virsh_in "$state" "$verb" --pool attack "${sealed##*/}" "$@" || code=$?
    virsh_in "$state" pool-destroy attack
    return $code
}

attack_by_hand_is() { echo "QEMU by hand, as the user of the guests"; }
attack_by_hand() {
    local code=0
    libvirt_run "$1" setpriv --reuid libvirt-qemu --regid libvirt-qemu --clear-groups \
        timeout 5 qemu-system-x86_64 -display none -nodefaults -drive "file=$2,format=qcow2,if=virtio" || code=$?
    # Ended by the timeout means that it ran.
    [ $code != 124 ] || code=0
    return $code
}

digest_holds() { # STATE SEALED
    local said now
    said=$(outcome_field "$1" seal-golden digest)
    now=$(sha256sum "$2" | cut -d' ' -f1)
    [ "${said##*:}" = "$now" ] || fail "The sealed image $2 has changed: its digest is $now, the seal said $said."
    say "   SHA-256 is still that of the event template.sealed: $now"
}
