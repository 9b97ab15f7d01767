package id.cetak.hypervisor;

import java.nio.file.Path;

/**
 * Images from strangers, in the one folder that they may come from. A file of that folder is only
 * ever read, and only to be copied: every look that decides something is a look at the copy, so
 * what was judged is what is used.
 */
public interface ForeignImages {
  /**
   * A first look, so that most of what will be refused is refused before anything is copied.
   *
   * @param name a file's name, already checked to be no path
   * @throws id.cetak.failure.Failure {@code IMAGE_UNFIT} with the reason
   */
  Kind look(String name);

  /** Whether the folder has a file of this name, of any kind. */
  boolean has(String name);

  /**
   * Copies the file's bytes, without interpreting any. A target that exists is left as it is.
   *
   * @return the SHA-256 of the copy
   * @throws id.cetak.failure.Failure {@code IMAGE_UNFIT} also when the file changes meanwhile
   */
  String fetch(String name, Path target, CopyWatch watch);

  /**
   * Looks at a copy: its header in this process, then its structure by qemu-img under tight limits.
   *
   * @param name what the file was called, for the sentence that refuses it
   * @throws id.cetak.failure.Failure {@code IMAGE_UNFIT} with the reason
   */
  Kind examine(String name, Path copy, StopSignal stop);

  /**
   * Writes a copy's content as a new qcow2 image, in which nothing but the guest's bytes is from
   * the stranger. A target that exists is left as it is.
   */
  void rewrite(String name, Path copy, Kind kind, Path target, CopyWatch watch);

  /**
   * What an image is.
   *
   * @param format {@code qcow2} or {@code raw}
   * @param fileBytes the length of the file
   * @param virtualSizeBytes the size of the disk inside
   */
  record Kind(String format, long fileBytes, long virtualSizeBytes) {}
}
