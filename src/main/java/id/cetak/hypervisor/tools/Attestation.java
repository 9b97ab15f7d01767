package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.GuestTools.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says for each point whether a cleaned guest still carries an identity. Looks at nothing but what
 * was read of the guest; what cannot be judged fails.
 */
final class Attestation {
  private static final int MAX_NAMED = 5;
  static final Pattern INITIATOR = Pattern.compile("(?m)^[\\s&&[^\\r\\n]]*+InitiatorName\\s*+=");

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
        verdict("hostname", new HostNames(guest).faults(), "neutral"),
        attestation.hibernation(),
        attestation.none("dhcp-leases", IdentityPaths.LEASES, "left behind"),
        attestation.none("host-secrets", IdentityPaths.SECRETS, "left behind"),
        attestation.storageIdentity(),
        attestation.none("agents", IdentityPaths.AGENTS, "left behind"),
        verdict("enrolments", new Enrolments(guest).faults(), "none"),
        attestation.none("clone-state", "/var/lib/cetak/.*", "left behind by a first boot"),
        attestation.firstBoot(),
        attestation.systemd());
  }

  /** The same, and whether the guest has ever run. */
  static List<Check> ofNeverBooted(GuestTree guest) {
    List<Check> checks = new ArrayList<>(of(guest));
    checks.add(
        new Attestation(guest).none("never-booted", IdentityPaths.BOOT_MARKS, "left by a boot"));
    return List.copyOf(checks);
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
    List<String> faults =
        new ArrayList<>(
            guest.paths(
                "/etc/(ssh/[^/]*_host_[^/]*|dropbear/[^/]*host_key.*|tinyssh/sshkeydir/.+)"));
    // The initrd has a copy, which nothing of a seal reaches.
    guest
        .paths("/etc/dropbear(-|/)initramfs/[^/]*host_key.*")
        .forEach(key -> faults.add(key + " (and in the initrd: purge dropbear-initramfs)"));
    return verdict("ssh-host-keys", faults, "none");
  }

  private Check storageIdentity() {
    List<String> faults = new ArrayList<>();
    IdentityPaths.NVME.forEach(path -> faults.addAll(guest.globbed(path)));
    String iscsi = "/etc/iscsi/initiatorname.iscsi";
    boolean neutral = guest.text(iscsi).filter(text -> !INITIATOR.matcher(text).find()).isPresent();
    if (guest.has(iscsi) && !neutral) {
      faults.add(iscsi + " names this machine");
    }
    return verdict("storage-identity", faults, "none");
  }

  private Check cloudInitSeed() {
    List<String> faults = new ArrayList<>(guest.paths("/var/lib/cloud/seed/.*"));
    if (!guest.seedDevice().isEmpty()) {
      faults.add(guest.seedDevice() + " is labelled CIDATA");
    }
    return verdict("cloud-init-seed", faults, "none");
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
    if (guest.has("/usr/lib/cetak/first-boot") && isRun()) {
      return new Check("first-boot", true, "cetak-first-boot");
    }
    return new Check(
        "first-boot",
        false,
        (disabled ? "cloud-init is disabled" : "no cloud-init")
            + " and nothing that starts cetak-first-boot: clones would have no SSH host keys and no"
            + " name");
  }

  /** By whichever init the guest has. */
  private boolean isRun() {
    if (guest.has("/lib/systemd/systemd") || guest.has("/usr/lib/systemd/systemd")) {
      return guest.has("/etc/systemd/system/cetak-first-boot.service")
          && guest.has("/etc/systemd/system/multi-user.target.wants/cetak-first-boot.service");
    }
    if (guest.has("/sbin/openrc")) {
      return guest.has("/etc/init.d/cetak-first-boot")
          && guest.has("/etc/runlevels/boot/cetak-first-boot");
    }
    return guest.has("/etc/init.d/rcS")
        && !guest.has(SecondPass.STARTPAR)
        && !guest.paths("/etc/rcS\\.d/S\\d+cetak-first-boot").isEmpty();
  }

  private Check none(String name, List<String> patterns, String how) {
    List<String> paths =
        patterns.stream().flatMap(pattern -> guest.globbed(pattern).stream()).toList();
    return verdict(name, paths.isEmpty() ? paths : with(paths, how), "none");
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

  /** A guest's own words, fit for an event. */
  private static String shown(String text) {
    String plain = text.replaceAll("[^\\p{Print}]", "?");
    return plain.length() <= 200 ? plain : plain.substring(0, 197) + "...";
  }
}
