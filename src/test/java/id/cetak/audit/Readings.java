package id.cetak.audit;

import id.cetak.hypervisor.GuestIdentities.Seed;
import id.cetak.hypervisor.GuestIdentity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Readings of made-up VMs: each has an identity of its own until a test says otherwise. */
final class Readings {
  static final String SEALED = "/images/sealed/1/disk-0.qcow2";

  private final String name;
  private String host = "hv1";
  private UUID uuid;
  private String mac;
  private String shape = "of-the-template";
  private @Nullable UUID mark;
  private String disk;
  private @Nullable String seedFile;
  private @Nullable Cast cast;
  private @Nullable Seed seed;
  private List<String> bases = List.of();
  private @Nullable GuestIdentity guest;
  private @Nullable String unread;

  private Readings(String name) {
    this.name = name;
    this.uuid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    this.mac = mac(name);
    this.disk = "/vms/" + name + ".qcow2";
    this.guest = booted(name);
  }

  /** A VM that nobody but its owner knows: booted, with a definition of its own. */
  static Readings vm(String name) {
    var vm = new Readings(name);
    vm.shape = "of-" + name;
    return vm;
  }

  /** A linked clone of {@code lab@1} that has booted. */
  static Readings bootedClone(String name) {
    var vm = new Readings(name);
    vm.mark = vm.uuid;
    vm.cast = new Cast("lab", 1, name, vm.uuid.toString(), List.of(vm.mac));
    vm.seed = new Seed(vm.uuid.toString(), name);
    vm.seedFile = "/clones/" + name + "/seed.iso";
    vm.bases = List.of(SEALED);
    return vm;
  }

  /** A linked clone of {@code lab@1} that has never been started. */
  static Readings newClone(String name) {
    return bootedClone(name).guest(blank());
  }

  static GuestIdentity booted(String name) {
    String id =
        UUID.nameUUIDFromBytes(("id/" + name).getBytes(StandardCharsets.UTF_8))
            .toString()
            .replace("-", "");
    return new GuestIdentity(
        name,
        id,
        List.of("SHA256:" + id),
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString(),
        List.of("fs-of-lab"));
  }

  static GuestIdentity blank() {
    return new GuestIdentity(null, null, List.of(), null, List.of("fs-of-lab"));
  }

  static Sealed lab(@Nullable GuestIdentity carried, UUID... copies) {
    return new Sealed("lab", 1, "hv1", List.of(SEALED), carried, List.of(copies));
  }

  private static String mac(String name) {
    String digits = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    return "52:54:00:%s:%s:%s"
        .formatted(digits.substring(0, 2), digits.substring(2, 4), digits.substring(4, 6));
  }

  Readings on(String otherHost) {
    host = otherHost;
    return this;
  }

  Readings uuid(UUID other) {
    uuid = other;
    return this;
  }

  Readings mac(Vm other) {
    mac = other.definition().macs().get(0);
    return this;
  }

  Readings mark(UUID other) {
    mark = other;
    return this;
  }

  Readings shape(String other) {
    shape = other;
    return this;
  }

  Readings disk(String other) {
    disk = other;
    return this;
  }

  Readings cast(String template, int version, String hostname) {
    cast = new Cast(template, version, hostname, uuid.toString(), List.of(mac));
    return this;
  }

  Readings notCast() {
    cast = null;
    mark = null;
    return this;
  }

  Readings seed(@Nullable String file, @Nullable Seed other) {
    seedFile = file;
    seed = other;
    return this;
  }

  Readings bases(String... images) {
    bases = List.of(images);
    return this;
  }

  Readings guest(@Nullable GuestIdentity other) {
    guest = other;
    return this;
  }

  Readings hostname(String other) {
    GuestIdentity old = guest == null ? blank() : guest;
    return guest(
        new GuestIdentity(
            other, old.machineId(), old.sshHostKeys(), old.instanceId(), old.fileSystems()));
  }

  Readings machineId(@Nullable String other) {
    GuestIdentity old = guest == null ? blank() : guest;
    return guest(
        new GuestIdentity(
            old.hostname(), other, old.sshHostKeys(), old.instanceId(), old.fileSystems()));
  }

  Readings sshHostKeys(List<String> other) {
    GuestIdentity old = guest == null ? blank() : guest;
    return guest(
        new GuestIdentity(
            old.hostname(), old.machineId(), other, old.instanceId(), old.fileSystems()));
  }

  Readings fileSystems(String... other) {
    GuestIdentity old = guest == null ? blank() : guest;
    return guest(
        new GuestIdentity(
            old.hostname(), old.machineId(), old.sshHostKeys(), old.instanceId(), List.of(other)));
  }

  Readings unread(String why) {
    guest = null;
    unread = why;
    return this;
  }

  Vm read() {
    return new Vm(
        host,
        new Definition(name, uuid, List.of(mac), shape, mark, List.of(disk), seedFile),
        cast,
        seed,
        bases,
        false,
        guest,
        unread);
  }
}
