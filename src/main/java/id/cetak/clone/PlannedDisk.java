package id.cetak.clone;

import java.nio.file.Path;

/**
 * One disk of a clone.
 *
 * @param target what the definition calls it, such as {@code vda}
 * @param image the clone's own image, always qcow2
 * @param sealed the template's image, that it lies on or is copied from
 * @param sealedFormat that image's format
 * @param sizeBytes the size that the guest sees
 * @param grown whether that is more than the sealed image's
 */
public record PlannedDisk(
    String target, Path image, Path sealed, String sealedFormat, long sizeBytes, boolean grown) {
  /** The size to ask for: 0 for the sealed image's, which saves a look at it. */
  long wantedBytes() {
    return grown ? sizeBytes : 0;
  }
}
