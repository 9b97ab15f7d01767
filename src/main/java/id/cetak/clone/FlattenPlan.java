package id.cetak.clone;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What a flatten is going to copy.
 *
 * @param disks the clone's disks that lie on another image; none when it stands alone already
 */
record FlattenPlan(UUID cloneId, String template, int version, Path folder, List<Overlay> disks) {
  FlattenPlan {
    disks = List.copyOf(disks);
  }

  /**
   * One disk.
   *
   * @param target what the definition calls it, such as {@code vda}
   * @param image the overlay, always qcow2; its name stays
   * @param fingerprint the overlay as it was when the plan was made, with the domain off
   * @param sizeBytes the size that the guest sees
   */
  record Overlay(String target, Path image, String fingerprint, long sizeBytes) {
    /** Where the copy lies until it is whole. */
    Path flat() {
      return image.resolveSibling(image.getFileName() + ".flat");
    }
  }
}
