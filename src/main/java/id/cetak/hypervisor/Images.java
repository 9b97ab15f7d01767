package id.cetak.hypervisor;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What Cetak does to image files. A file is made under a temporary name beside its target and
 * renamed when it is whole and synced, so a target that exists is complete; a target that exists
 * already is left as it is. Its name outlives a power cut when {@link #settle} has returned. A
 * child process that writes holds an exclusive file lock on what it writes, and dies with the
 * worker.
 */
public interface Images {
  /** Reads the header of an image of a known format, also while a VM uses it. */
  ImageFacts inspect(Path image, String format, StopSignal stop);

  /**
   * Makes an empty qcow2 overlay.
   *
   * @param sizeBytes the size the guest sees; 0 for the backing file's
   */
  void overlay(Path target, Path backing, String backingFormat, long sizeBytes, StopSignal stop);

  /**
   * Makes a stand-alone qcow2 image with the content of another image and its whole chain.
   *
   * @param sizeBytes the size the guest sees; 0 for the source's
   * @return how; empty when the target was there
   */
  Optional<Copied> copy(Path source, String format, Path target, long sizeBytes, CopyWatch watch);

  /**
   * How {@link #copy} would make that image, as far as this can be told without making anything.
   */
  Copied wouldCopy(Path source, String format, Path target);

  /**
   * Puts a finished image in the place of another one, at once: whoever looks sees one of the two,
   * whole. Meanwhile no QEMU can begin to write the image that goes.
   *
   * @param stillOff asked with the old image locked, before and after the exchange: throws when it
   *     must not happen, and returns when no QEMU is about to open the old image any more
   * @throws id.cetak.failure.Failure {@code IN_USE} when a running QEMU writes the image
   */
  void replace(Path image, Path by, Runnable stillOff);

  /** Whether a running QEMU has the image open, for reading or writing, itself or below another. */
  boolean inUse(Path image);

  /** Makes an ISO 9660 image labelled {@code CIDATA} that holds these files. */
  void seed(Path target, Map<String, String> files, StopSignal stop);

  /**
   * Reads a file of a seed image that {@link #seed} made; empty when it holds none of this name.
   */
  Optional<String> seedFile(Path seed, String name);

  /**
   * Makes an empty file for a console to be written to, which the worker may read whoever writes
   * it; quiet when it is there.
   */
  void console(Path log);

  /** Copies a small file such as NVRAM, synced and renamed. */
  void duplicate(Path source, Path target);

  /**
   * Makes the names in a folder durable, and the folder's own name: what was made in it before is
   * there after a power cut. Once for all files of a folder, because each call waits for the disk.
   */
  void settle(Path folder);

  /** The SHA-256 of the file's bytes, in lower-case hexadecimal. */
  String digest(Path image, StopSignal stop);

  /**
   * Removes a folder and everything in it; quiet when it is not there. Symbolic links are removed,
   * not followed.
   */
  void remove(Path folder);

  /** What is free for the worker on the file system that holds this path, or will hold it. */
  FreeSpace free(Path path);
}
