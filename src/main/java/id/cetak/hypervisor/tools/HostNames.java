package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the name of the machine that a guest was: as its own, and as what it would tell a DHCP
 * server, which puts it into the DNS for every clone.
 */
final class HostNames {
  /** Whose content is judged, beyond the network configuration that {@link NetworkMacs} names. */
  static final String PLACES =
      "/etc/(hostname|HOSTNAME|conf\\.d/(hostname|net)|sysconfig/network|sysconfig/network/dhcp)";

  /** What installers and images call a machine that has no name yet. */
  private static final Set<String> NEUTRAL =
      Set.of(
          "",
          "localhost",
          "localhost.localdomain",
          "debian",
          "ubuntu",
          "fedora",
          "centos",
          "rocky",
          "almalinux",
          "alpine",
          "arch",
          "archlinux",
          "opensuse",
          "rhel",
          "kali");

  /** openSUSE's word for "whatever the name is then". */
  private static final Set<String> ITS_OWN = Set.of("auto", "no");

  /** A word, perhaps in quotes; of what a shell or a program would still fill in, nothing. */
  private static final String WORD = "[\"']?([A-Za-z0-9][A-Za-z0-9_.-]*)[\"']?[;\\s]*";

  /** In files whose path matches, a line that matches sets a name. */
  private record Setting(String paths, Pattern line) {}

  private static final List<Setting> SETTINGS =
      List.of(
          setting("/etc/sysconfig/network(-scripts/ifcfg-.+)?", "(?:DHCP_)?HOSTNAME="),
          setting("/etc/sysconfig/network/(dhcp|ifcfg-.+)", "DHCLIENT6?_HOSTNAME_OPTION="),
          setting("/etc/conf\\.d/hostname", "(?i:hostname)="),
          setting("/etc/network/interfaces(\\.d/.+)?", "hostname\\s+"),
          setting(
              "/etc/dhcp3?/dhclient.*|/etc/dhclient.*", "send\\s+(?:host-name|fqdn\\.fqdn)\\s+"),
          setting("/etc/NetworkManager/system-connections/.+", "dhcp-(?:hostname|fqdn)\\s*=\\s*"),
          setting("/etc/systemd/network/.+", "Hostname\\s*=\\s*"),
          setting("/etc/netplan/.+", "hostname\\s*:\\s*"),
          // cloud-init takes it before the seed's own.
          setting("/etc/cloud/cloud\\.cfg(\\.d/.+)?", "(?:hostname|fqdn)\\s*:\\s*"));

  private static Setting setting(String paths, String beforeTheName) {
    return new Setting(paths, Pattern.compile("\\s*" + beforeTheName + WORD));
  }

  private final GuestTree guest;

  HostNames(GuestTree guest) {
    this.guest = guest;
  }

  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (String path : guest.paths(PLACES)) {
      if (guest.text(path).isEmpty()) {
        faults.add(path + " could not be read");
      }
    }
    for (String path : List.of("/etc/hostname", "/etc/HOSTNAME")) {
      guest.text(path).ifPresent(text -> judge(path, nameIn(text), faults));
    }
    for (Setting setting : SETTINGS) {
      guest.paths(setting.paths()).forEach(path -> search(path, setting.line(), faults));
    }
    return faults;
  }

  private void search(String path, Pattern line, List<String> faults) {
    guest.text(path).stream()
        .flatMap(String::lines)
        .map(line::matcher)
        .filter(Matcher::matches)
        .forEach(match -> judge(path, match.group(1), faults));
  }

  /** Whether installers and images give this name to machines that have none yet. */
  static boolean isNeutral(String name) {
    return NEUTRAL.contains(name.toLowerCase(Locale.ROOT));
  }

  private static void judge(String path, String name, List<String> faults) {
    if (!isNeutral(name) && !ITS_OWN.contains(name.toLowerCase(Locale.ROOT))) {
      faults.add(path + " says " + name);
    }
  }

  private static String nameIn(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("#"))
        .findFirst()
        .orElse("");
  }
}
