package id.cetak.audit;

import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.SelfReport;
import id.cetak.identity.HostKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a running guest says of itself, over what stands on its disk, which can be behind. */
final class Insides {
  private Insides() {}

  /**
   * Both together.
   *
   * @param onDisk null when the disk could not be read
   */
  static GuestIdentity of(@Nullable GuestIdentity onDisk, SelfReport said) {
    GuestIdentity disk =
        onDisk == null ? new GuestIdentity(null, null, List.of(), null, List.of()) : onDisk;
    List<String> keys =
        said.hostKeys().stream()
            .flatMap(key -> HostKey.read(key).map(HostKey::fingerprint).stream())
            .toList();
    return new GuestIdentity(
        name(said.hostName()).orElse(disk.hostname()),
        Optional.ofNullable(said.machineId()).orElse(disk.machineId()),
        keys.isEmpty() ? disk.sshHostKeys() : keys,
        Optional.ofNullable(said.instanceId()).orElse(disk.instanceId()),
        disk.fileSystems());
  }

  private static Optional<String> name(String hostName) {
    return Optional.of(hostName)
        .filter(name -> !name.isEmpty() && !name.toLowerCase(Locale.ROOT).startsWith("localhost"));
  }
}
