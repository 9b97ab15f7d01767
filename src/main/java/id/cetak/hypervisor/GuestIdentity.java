package id.cetak.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who a guest says it is, as it stands on its disks. What is null or empty is made by the guest's
 * next boot, or was never there.
 *
 * @param hostname null also for the names that installers give to every machine
 * @param machineId 32 hexadecimal digits
 * @param sshHostKeys fingerprints as {@code ssh-keygen -l} shows them, in order
 * @param instanceId what cloud-init, or Cetak's first-boot unit, knows the guest by
 * @param fileSystems UUIDs of its file systems, in order; copies of a disk share them
 */
public record GuestIdentity(
    @Nullable String hostname,
    @Nullable String machineId,
    List<String> sshHostKeys,
    @Nullable String instanceId,
    List<String> fileSystems) {
  public GuestIdentity {
    sshHostKeys = sshHostKeys.stream().distinct().sorted().toList();
    fileSystems = fileSystems.stream().distinct().sorted().toList();
  }
}
