package id.cetak.hypervisor.tools;

import org.jspecify.annotations.Nullable;

/**
 * One file of a guest, as far as it was looked at.
 *
 * @param sizeBytes -1 when only its name is known
 * @param text its content; null for anything but a small regular file that the attestation reads
 * @param linkTarget where it points to, when it is a symbolic link
 */
record GuestFile(long sizeBytes, @Nullable String text, @Nullable String linkTarget) {
  /** A file of which only the name is known. */
  static final GuestFile NAMED = new GuestFile(-1, null, null);

  static GuestFile text(String text) {
    return new GuestFile(text.length(), text, null);
  }

  static GuestFile link(String target) {
    return new GuestFile(0, null, target);
  }
}
