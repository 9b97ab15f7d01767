package id.cetak.audit;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a definition says.
 *
 * @param shape the same for two definitions that differ in nothing but name, UUID, addresses and
 *     paths
 * @param mark the clone that Cetak's own metadata names
 * @param disks the files of its own disks, in order
 * @param seedFile the medium that its seed is read from
 */
record Definition(
    String name,
    UUID uuid,
    List<String> macs,
    String shape,
    @Nullable UUID mark,
    List<String> disks,
    @Nullable String seedFile) {
  Definition {
    macs = List.copyOf(macs);
    disks = List.copyOf(disks);
  }
}
