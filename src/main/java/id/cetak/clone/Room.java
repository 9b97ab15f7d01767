package id.cetak.clone;

import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.nio.file.Path;

/**
 * The space of the file system that holds the images. Nobody else says no: an overlay of any size
 * can be made on a full disk, and the guest is then paused at its first write.
 *
 * @param freeBytes what the worker can still write
 * @param reserveBytes what stays free, so that running guests can go on writing
 * @param pendingBytes what other clones that are being made are still to write
 */
record Room(Path directory, long freeBytes, long reserveBytes, long pendingBytes) {
  private static final long MIB = 1L << 20;

  /**
   * @throws Failure {@code NO_SPACE} with the numbers, when this many bytes do not fit
   */
  void demand(Name clone, long neededBytes) {
    if (freeBytes - reserveBytes - pendingBytes < neededBytes) {
      throw new Failure(
          FailureCode.NO_SPACE,
          "Clone %s: %s has %d MiB free, of which %d MiB stay in reserve and %d MiB go to clones that are being made; it needs %d MiB. Tried again later; free space or cancel."
              .formatted(
                  clone,
                  directory,
                  freeBytes / MIB,
                  reserveBytes / MIB,
                  pendingBytes / MIB,
                  (neededBytes + MIB - 1) / MIB));
    }
  }
}
