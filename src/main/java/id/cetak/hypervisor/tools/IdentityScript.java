package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * What guestfish is told, to read the identities on many disks in one start of the appliance. Disks
 * are {@code /dev/sda}, {@code /dev/sdb}, ... in the order in which they are added. Each file
 * system is mounted by itself, read-only, and one archive of a few small files is taken from it.
 *
 * <p>What guestfish is to do depends on what it finds, so a shell writes the second half of its
 * commands: from names of devices that have the form of one, and from nothing else of the guest.
 */
final class IdentityScript {
  static final int MAX_ARCHIVE_BYTES = 2 << 20;
  static final int MAX_LIST_BYTES = 256 << 10;

  /** File systems that Linux keeps its root on, and that copies of can lie beside each other. */
  static final String PLAIN = "ext2|ext3|ext4|xfs|f2fs|jfs|reiserfs|vfat";

  /** What tar leaves out: its patterns can say which names to skip, so all but a few are. */
  private static final List<String> LEFT_OUT =
      List.of(
          "./[!evlm]*",
          "./e[!t]*",
          "./et[!c]*",
          "./v[!a]*",
          "./l[!i]*",
          "./m[!e]*",
          "./me[!t]*",
          // Below a separate /var, what else is ./var/lib is ./lib.
          "./lib/[!cd]*",
          "./lib/c[!el]*",
          "./lib/d[!b]*",
          "./var/[!l]*",
          "./var/l[!i]*",
          "./var/lib/[!cd]*",
          "./var/lib/c[!el]*",
          "./var/lib/d[!b]*",
          "./*/cloud/[!d]*",
          "./etc/[!hmsdH]*",
          "./etc/h[!o]*",
          "./etc/s[!s]*",
          "./etc/d[!r]*",
          "./etc/m[!a]*",
          "./etc/ssh/[!s]*",
          "./etc/ssh/sshd*",
          "./etc/ssl*");

  private IdentityScript() {}

  /** For disks of many guests: their partitions, and those disks that have none. */
  static String forMany(int disks) {
    List<String> lines = new ArrayList<>(List.of("run", "list-partitions" + into("partitions")));
    for (int disk = 0; disk < disks; disk++) {
      lines.add("!echo " + device(disk) + " >> \"$CETAK_OUT/disks\"");
    }
    return finished(lines);
  }

  /** For one guest: what {@code list-filesystems} makes of its disks, volume groups and arrays. */
  static String forOne() {
    return finished(new ArrayList<>(List.of("run", "list-filesystems" + into("filesystems"))));
  }

  /** The name of the disk that was added as the nth one, counted from 0. */
  static String device(int number) {
    String letters = "";
    for (int rest = number; rest >= 0; rest = rest / 26 - 1) {
      letters = (char) ('a' + rest % 26) + letters;
    }
    return "/dev/sd" + letters;
  }

  /** Writes guestfish commands for every file system; takes no argument. */
  static String generator() {
    return """
    set -u
    number=0
    plain() { case $1 in %s) return 0 ;; esac; return 1; }
    look() { # DEVICE
      echo "$1" > "$CETAK_OUT/$number.device"
      echo "-blkid $1 | head -c 4096 > \\"\\$CETAK_OUT/$number.blkid\\""
      number=$((number + 1))
    }
    take() { # NUMBER DEVICE
      echo "-mount-ro $2 /"
      echo "-tar-out / - \\"excludes:%s\\" | head -c %d > \\"\\$CETAK_OUT/$1.tar\\""
      echo "-umount-all"
    }
    is_device() {
      case $1 in *[!A-Za-z0-9/_.:@+-]* | *..*) return 1 ;; /dev/?* | btrfsvol:/dev/?*) return 0 ;; esac
      return 1
    }
    case $1 in
    look)
      if [ -e "$CETAK_OUT/filesystems" ]; then
        sed 's/: [^:]*$//' "$CETAK_OUT/filesystems"
      else
        cat "$CETAK_OUT/partitions"
        while read -r disk; do
          grep -q "^${disk}[0-9]" "$CETAK_OUT/partitions" || echo "$disk"
        done < "$CETAK_OUT/disks"
      fi | head -n 4096 > "$CETAK_OUT/devices"
      while IFS= read -r device; do is_device "$device" && look "$device"; done < "$CETAK_OUT/devices"
      ;;
    take)
      for file in "$CETAK_OUT"/*.device; do
        [ -e "$file" ] || continue
        number=${file##*/} && number=${number%%.device}
        device=$(cat "$file")
        type=$(sed -n 's/^TYPE: \\([a-zA-Z0-9_]*\\)$/\\1/p' "$CETAK_OUT/$number.blkid" 2>/dev/null | sed 1q)
        if [ -e "$CETAK_OUT/filesystems" ]; then
          case $type in swap | LVM2_member | crypto_LUKS | linux_raid_member) continue ;; esac
          take "$number" "$device"
        elif plain "$type"; then
          take "$number" "$device"
        fi
      done
      ;;
    esac
    exit 0
    """
        .formatted(PLAIN, String.join(" ", LEFT_OUT), MAX_ARCHIVE_BYTES);
  }

  private static String finished(List<String> lines) {
    lines.add("<! sh \"$CETAK_OUT/../generator\" look");
    lines.add("<! sh \"$CETAK_OUT/../generator\" take");
    return String.join("\n", lines) + "\n";
  }

  private static String into(String file) {
    return " | head -c " + MAX_LIST_BYTES + " > \"$CETAK_OUT/" + file + "\"";
  }
}
