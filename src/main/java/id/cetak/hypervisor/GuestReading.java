package id.cetak.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found on a guest's disks.
 *
 * @param identity null when it could not be read
 * @param unread why not, as a sentence; null when it was read
 * @param bases the images that its disks lie on, as absolute paths
 * @param untouched whether nothing was ever written to its own images: it has its bases' content
 */
public record GuestReading(
    @Nullable GuestIdentity identity,
    @Nullable String unread,
    List<String> bases,
    boolean untouched) {
  public GuestReading {
    bases = List.copyOf(bases);
  }
}
