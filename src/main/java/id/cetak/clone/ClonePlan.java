package id.cetak.clone;

import com.fasterxml.jackson.annotation.JsonIgnore;
import id.cetak.command.Command.Disk;
import id.cetak.identity.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that is decided about a clone, journaled before its first effect: the later steps only carry
 * it out, and come to the same result in every attempt.
 *
 * @param disk whether the disks lie on the sealed images or are copies
 * @param sealedNvram the template's UEFI variables, to be copied; null when it has none
 * @param start whether the clone is to run at the end
 * @param domainXml the definition, word for word
 * @param machineId what the guest will call itself by; null when it cannot be known
 */
public record ClonePlan(
    Identity identity,
    Origin origin,
    CloneFiles files,
    Disk disk,
    List<PlannedDisk> disks,
    @Nullable Path sealedNvram,
    boolean start,
    String domainXml,
    @Nullable String machineId) {
  public ClonePlan {
    disks = List.copyOf(disks);
  }

  @JsonIgnore
  UUID id() {
    return identity.id();
  }

  /** What a disk's image must lie on; null for a full copy, which stands alone. */
  @Nullable Path backingOf(PlannedDisk planned) {
    return disk == Disk.LINKED ? planned.sealed() : null;
  }
}
