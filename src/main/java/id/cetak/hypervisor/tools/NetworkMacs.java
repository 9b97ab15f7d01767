package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds MAC addresses, and identifiers that hold one, in a guest's network configuration: a clone
 * has others, so it would come up without a network or with the template's address.
 */
final class NetworkMacs {
  /** Whose content is judged. */
  static final String PLACES =
      "/etc/(netplan/.+|cloud/cloud\\.cfg(\\.d/.+)?"
          + "|network/interfaces(\\.d/.+)?"
          + "|NetworkManager/(system-connections|conf\\.d)/.+|NetworkManager/NetworkManager\\.conf"
          + "|systemd/network/.+"
          + "|sysconfig/(network-scripts/(ifcfg|route)-.+|network/ifcfg-.+)"
          + "|udev/rules\\.d/.+"
          // Not a server's configuration, which names the machines that it serves.
          + "|dhcp3?/(?!dhcpd).+|dhclient.*|dhcpcd\\.(conf|duid)"
          + "|conf\\.d/net|connman/.+|wicked/.+)";

  /**
   * Six octets, also as the beginning of a longer identifier: a DUID ends with a MAC. systemd takes
   * three pairs with dots between them too.
   */
  static final Pattern MAC =
      Pattern.compile(
          "(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\\1[0-9A-Fa-f]{2}){4}"
              + "(?![0-9A-Fa-f])"
              + "|(?<![0-9A-Fa-f.])[0-9A-Fa-f]{4}(?:\\.[0-9A-Fa-f]{4}){2}(?![0-9A-Fa-f.])");

  /** Where links may lead that no guest's own configuration lies in. */
  static final Pattern VENDORS =
      Pattern.compile("/(lib|bin|sbin|usr/(?!local/)[^/]+)/.*|/dev/null|/run/.*");

  private static final Pattern COMMENT = Pattern.compile("\\s*[#;].*");

  private final GuestTree guest;

  NetworkMacs(GuestTree guest) {
    this.guest = guest;
  }

  /** Path and address of each find, and the files that could not be judged. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (String path : guest.paths(PLACES)) {
      GuestFile file = guest.files().get(path);
      String target = file == null ? null : file.linkTarget();
      if (target != null) {
        judgeLink(path, GuestTree.resolve(path, target), faults);
      } else if (file != null && file.text() == null && file.sizeBytes() != 0) {
        faults.add(path + " could not be read");
      } else {
        guest.text(path).ifPresent(text -> search(path, text, faults));
      }
    }
    return faults;
  }

  private void judgeLink(String path, String target, List<String> faults) {
    if (VENDORS.matcher(target).matches()) {
      return;
    }
    guest
        .text(path)
        .ifPresentOrElse(
            text -> search(path, text, faults),
            () -> faults.add(path + " is a link to " + target + ", which is not judged"));
  }

  private static void search(String path, String text, List<String> faults) {
    text.lines()
        .forEach(
            line -> {
              boolean comment = COMMENT.matcher(line).matches();
              Matcher match = MAC.matcher(line);
              while (match.find()) {
                if (!comment || !isGroupAddress(match.group())) {
                  faults.add(path + " names " + match.group());
                }
              }
            });
  }

  /** Multicast and broadcast: the lowest bit of the first octet. */
  private static boolean isGroupAddress(String mac) {
    return (Integer.parseInt(mac.substring(0, 2), 16) & 1) == 1;
  }
}
