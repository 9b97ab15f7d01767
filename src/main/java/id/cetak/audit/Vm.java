package id.cetak.audit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import id.cetak.hypervisor.GuestIdentities.Seed;
import id.cetak.hypervisor.GuestIdentity;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A domain as an audit found it, made by Cetak or not.
 *
 * @param host where it was found
 * @param definition what its definition says
 * @param cast its entry in the ledger of clones; null when it has none
 * @param seed what the NoCloud seed in its definition says
 * @param bases the images that its disks lie on
 * @param untouched whether nothing was ever written to its own images
 * @param guest null when its disks were not read
 * @param unread why not, as a sentence
 */
record Vm(
    String host,
    Definition definition,
    @Nullable Cast cast,
    @Nullable Seed seed,
    List<String> bases,
    boolean untouched,
    @Nullable GuestIdentity guest,
    @Nullable String unread) {
  Vm {
    bases = List.copyOf(bases);
  }

  String name() {
    return definition.name();
  }

  UUID uuid() {
    return definition.uuid();
  }

  /** Whether Cetak made it: by the ledger, or by the domain's own mark where that was lost. */
  @JsonIgnore
  boolean isCetaks() {
    return cast != null || definition.uuid().equals(definition.mark());
  }

  /** Its definition was copied from this one, mark and all. */
  boolean bearsMarkOf(Vm other) {
    return definition.mark() != null
        && definition.mark().equals(other.uuid())
        && !definition.mark().equals(uuid());
  }

  /** What it is known by to cloud-init after its next boot: a seed that is there has its way. */
  @Nullable String instanceId() {
    if (seed != null && !seed.instanceId().isEmpty()) {
      return seed.instanceId();
    }
    return guest == null ? null : guest.instanceId();
  }

  /** What it calls itself, or will after a first boot that is still to come. */
  @Nullable String hostname() {
    String onDisk = guest == null ? null : guest.hostname();
    if (seed == null || seed.hostname().isEmpty()) {
      return onDisk;
    }
    boolean taken = guest != null && Objects.equals(guest.instanceId(), seed.instanceId());
    return taken && onDisk != null ? onDisk : seed.hostname();
  }

  @Nullable String machineId() {
    return guest == null ? null : guest.machineId();
  }

  List<String> sshHostKeys() {
    return guest == null ? List.of() : guest.sshHostKeys();
  }

  List<String> fileSystems() {
    return guest == null ? List.of() : guest.fileSystems();
  }

  /** Whether the inside of both is the same as far as it was read: a copy of a disk that booted. */
  boolean hasInsideOf(Vm other) {
    return guest != null
        && other.guest != null
        && guest.machineId() != null
        && guest.machineId().equals(other.guest.machineId())
        && guest.sshHostKeys().equals(other.guest.sshHostKeys())
        && Objects.equals(guest.hostname(), other.guest.hostname())
        && sharesFileSystemWith(other);
  }

  boolean sharesFileSystemWith(Vm other) {
    return fileSystems().stream().anyMatch(other.fileSystems()::contains);
  }

  /** Nothing in it was ever made by a boot. */
  boolean neverBooted() {
    return guest != null
        && guest.machineId() == null
        && guest.sshHostKeys().isEmpty()
        && guest.instanceId() == null;
  }
}
