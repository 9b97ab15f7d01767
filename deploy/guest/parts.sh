# shellcheck shell=bash
# What the builders of the guests share.

# The newest kernel that has its modules.
kernel_release() {
    local image release=
    while read -r image; do
        [ ! -d "/lib/modules/${image#/boot/vmlinuz-}/kernel" ] || release=${image#/boot/vmlinuz-}
    done < <(printf '%s\n' /boot/vmlinuz-* | sort -V)
    [ -n "$release" ] || fail "No kernel with modules below /boot and /lib/modules. Install linux-image-cloud-amd64 (Debian) or linux-image-virtual (Ubuntu)."
    echo "$release"
}

# Puts modules and what they need into an initrd's tree, behind those that are listed there, in the order in which
# they load.
modules_into() { # TREE RELEASE MODULE...
    local root=$1 release=$2 module file
    shift 2
    mkdir -p "$root/modules"
    touch "$root/modules/order"
    for module in "$@"; do
        modprobe -S "$release" --show-depends "$module" 2>/dev/null || fail "Kernel $release has no module $module. Install the distribution's kernel for virtual machines."
    done | awk '$1 == "insmod" && !seen[$2]++ {print $2}' | while read -r file; do
        module=$(basename "$file" | sed 's/\.ko.*//')
        ! grep -qx "$module" "$root/modules/order" || continue
        case $file in
            *.xz) xz -dc "$file" ;;
            *.zst) zstd -qdc "$file" ;;
            *) cat "$file" ;;
        esac >"$root/modules/$module.ko"
        echo "$module" >>"$root/modules/order"
    done
}

# Copies the libraries that a program needs to where they are here.
libraries_into() { # TREE PROGRAM
    local root=$1 file
    ldd "$2" | grep -o '/[^ ]*' | while read -r file; do
        mkdir -p "$root${file%/*}"
        cp -L "$file" "$root$file"
    done
}

initrd_pack() { # TREE FILE
    local errors
    errors=$({ (cd "$1" && find . | busybox cpio -o -H newc) | gzip -6 >"$2"; } 2>&1) || fail "The initrd could not be packed: $errors"
}
