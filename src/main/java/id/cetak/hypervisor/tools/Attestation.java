package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.GuestTools.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says for each point whether a cleaned guest still carries an identity. Looks at nothing but what
 * was read of the guest; what cannot be judged fails.
 */
final class Attestation {
  /** What installers and images call a machine that has no name yet. */
  private static final Set<String> NEUTRAL_NAMES =
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

  private static final int MAX_NAMED = 5;

  /** Distributions put their own build's number behind systemd's. */
  private static final Pattern SYSTEMD =
      Pattern.compile(".*/libsystemd-shared-([0-9]{1,5})[^0-9/][^/]*");

  private final GuestTree guest;

  private Attestation(GuestTree guest) {
    this.guest = guest;
  }

  /** The checks, always the same ones in the same order. */
  static List<Check> of(GuestTree guest) {
    var attestation = new Attestation(guest);
    return List.of(
        attestation.machineId(),
        attestation.dbusMachineId(),
        attestation.sshHostKeys(),
        attestation.none(
            "cloud-init-instance", "/var/lib/cloud/(instance|(instances|data)/.*)", "left behind"),
        attestation.cloudInitSeed(),
        verdict("cloud-init-datasource-pin", new CloudInitPins(guest).faults(), "none"),
        verdict("network-macs", new NetworkMacs(guest).faults(), "none"),
        attestation.hostName(),
        attestation.hibernation(),
        attestation.none(
            "dhcp-leases", "/var/lib/(dhcp|dhclient|dhcpcd|NetworkManager)/.*", "left behind"),
        attestation.none("clone-state", "/var/lib/cetak/.*", "left behind by a first boot"),
        attestation.firstBoot(),
        attestation.systemd());
  }

  private Check machineId() {
    Optional<GuestFile> file = guest.file("/etc/machine-id");
    if (file.isEmpty()) {
      return new Check("machine-id", true, "absent");
    }
    if (file.get().linkTarget() != null) {
      return new Check("machine-id", false, "/etc/machine-id is a link, whose end is not judged");
    }
    String text = file.get().text();
    if (text == null) {
      return new Check("machine-id", false, "/etc/machine-id could not be read");
    }
    return switch (text.strip()) {
      case "" -> new Check("machine-id", true, "empty");
      case "uninitialized" -> new Check("machine-id", true, "uninitialized");
      default -> new Check("machine-id", false, "/etc/machine-id holds an id");
    };
  }

  private Check dbusMachineId() {
    String path = "/var/lib/dbus/machine-id";
    Optional<GuestFile> file = guest.file(path);
    if (file.isEmpty()) {
      return new Check("dbus-machine-id", true, "absent");
    }
    String target = file.get().linkTarget();
    if (target != null) {
      boolean same = GuestTree.resolve(path, target).equals("/etc/machine-id");
      return new Check("dbus-machine-id", same, "a link to " + shown(target));
    }
    boolean empty = file.get().sizeBytes() == 0;
    return new Check("dbus-machine-id", empty, empty ? "empty" : path + " holds an id");
  }

  private Check sshHostKeys() {
    return none("ssh-host-keys", "/etc/(ssh/[^/]*_host_[^/]*|dropbear/[^/]*host_key.*)", "there");
  }

  private Check cloudInitSeed() {
    List<String> faults = new ArrayList<>(guest.paths("/var/lib/cloud/seed/.*"));
    if (!guest.seedDevice().isEmpty()) {
      faults.add(guest.seedDevice() + " is labelled CIDATA");
    }
    return verdict("cloud-init-seed", faults, "none");
  }

  private Check hostName() {
    List<String> faults = new ArrayList<>();
    for (String path : List.of("/etc/hostname", "/etc/HOSTNAME")) {
      Optional<GuestFile> file = guest.file(path);
      Optional<String> text = guest.text(path);
      if (file.isPresent() && text.isEmpty()) {
        faults.add(path + " could not be read");
      }
      text.map(Attestation::nameIn)
          .filter(name -> !NEUTRAL_NAMES.contains(name))
          .ifPresent(name -> faults.add(path + " says " + shown(name)));
    }
    return verdict("hostname", faults, "neutral");
  }

  private Check hibernation() {
    List<String> faults = new ArrayList<>(guest.suspendedSwapFiles());
    guest
        .filesystems()
        .forEach(
            (device, type) -> {
              if (type.equals("swsuspend") || type.equals("suspend")) {
                faults.add(device);
              }
            });
    return verdict("hibernation", faults, "no image");
  }

  /** Something has to give a clone its SSH host keys and its name. */
  private Check firstBoot() {
    boolean disabled = guest.has("/etc/cloud/cloud-init.disabled");
    if (guest.has("/usr/bin/cloud-init") && !disabled) {
      return new Check("first-boot", true, "cloud-init");
    }
    boolean ours = guest.has("/usr/lib/cetak/first-boot");
    boolean bySystemd =
        guest.has("/etc/systemd/system/cetak-first-boot.service")
            && guest.has("/etc/systemd/system/multi-user.target.wants/cetak-first-boot.service");
    boolean byInit = !guest.paths("/etc/rcS\\.d/S\\d+cetak-first-boot").isEmpty();
    if (ours && bySystemd && byInit) {
      return new Check("first-boot", true, "cetak-first-boot");
    }
    return new Check(
        "first-boot",
        false,
        (disabled ? "cloud-init is disabled" : "no cloud-init")
            + " and no cetak-first-boot: clones would have no SSH host keys and no name");
  }

  /** Judges nothing: by its version it can be known what machine-id a clone will have. */
  private Check systemd() {
    return guest.paths("/usr/lib/([^/]+/)?systemd/libsystemd-shared-[^/]+").stream()
        .map(SYSTEMD::matcher)
        .filter(Matcher::matches)
        .findFirst()
        .map(library -> new Check("systemd", true, library.group(1)))
        .orElseGet(() -> new Check("systemd", true, "none"));
  }

  private Check none(String name, String pattern, String how) {
    List<String> paths = guest.paths(pattern);
    return verdict(name, paths.isEmpty() ? paths : with(paths, how), "none");
  }

  private static List<String> with(List<String> paths, String how) {
    List<String> faults = new ArrayList<>(paths);
    int last = Math.min(faults.size(), MAX_NAMED) - 1;
    faults.set(last, faults.get(last) + " " + how);
    return faults;
  }

  private static Check verdict(String name, List<String> faults, String good) {
    if (faults.isEmpty()) {
      return new Check(name, true, good);
    }
    List<String> named = faults.stream().limit(MAX_NAMED).map(Attestation::shown).toList();
    String more = faults.size() > MAX_NAMED ? " and " + (faults.size() - MAX_NAMED) + " more" : "";
    return new Check(name, false, String.join(", ", named) + more);
  }

  private static String nameIn(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("#"))
        .findFirst()
        .orElse("")
        .toLowerCase(Locale.ROOT);
  }

  /** A guest's own words, fit for an event. */
  private static String shown(String text) {
    String plain = text.replaceAll("[^\\p{Print}]", "?");
    return plain.length() <= 200 ? plain : plain.substring(0, 197) + "...";
  }
}
