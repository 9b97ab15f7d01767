package id.cetak.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * How an image was copied.
 *
 * @param reason why no blocks could be shared, which would have taken no time and no room; null
 *     when they were
 * @param bytes that were read and written; for shared blocks the room that the source takes
 */
public record Copied(Method method, @Nullable String reason, long bytes) {
  /** From the fastest to the slowest. */
  public enum Method {
    /** The file system shares the source's blocks until one side changes them. */
    REFLINK,
    /** Byte by byte, holes left out. */
    SPARSE,
    /** Read and written anew by qemu-img. */
    CONVERT
  }
}
