package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.ImageFacts;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The header of a qcow2 image, as docs/interop/qcow2.txt of QEMU lays it out. An image may come
 * from a stranger: whatever QEMU would refuse about the header is refused, and nothing is read but
 * the first cluster, which has at most 2 MiB.
 *
 * @param backing the backing file as the image names it; empty when it has none
 */
record Qcow2Header(
    int version,
    long virtualSizeBytes,
    String backing,
    @Nullable String backingFormat,
    int snapshots,
    long incompatible) {
  private static final int MAGIC = 0x514649fb;
  private static final int V2_BYTES = 72;
  private static final int V3_BYTES = 104;

  private static final long DIRTY = 1;
  private static final long CORRUPT = 1 << 1;
  private static final long EXTERNAL_DATA = 1 << 2;
  private static final long COMPRESSION = 1 << 3;
  private static final long EXTENDED_L2 = 1 << 4;
  private static final long KNOWN = DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION | EXTENDED_L2;

  private static final int BACKING_FORMAT = 0xe2792aca;

  // QEMU's own limits.
  private static final int MAX_NAME_BYTES = 1023;
  private static final int MAX_FORMAT_BYTES = 15;
  private static final int MAX_SNAPSHOTS = 65536;
  private static final int MAX_L1_ENTRIES = (32 << 20) / Long.BYTES;

  /**
   * @throws Failure {@code HYPERVISOR_REFUSED} when the file is no sound qcow2 image
   */
  static Qcow2Header read(Path image) throws IOException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer start = head(file, V3_BYTES);
      demand(start.remaining() >= V2_BYTES && start.getInt(0) == MAGIC, image, "no qcow2 header");
      int version = start.getInt(4);
      demand(version == 2 || version == 3, image, "version " + version);
      int clusterBits = start.getInt(20);
      demand(clusterBits >= 9 && clusterBits <= 21, image, "clusters of 2^" + clusterBits);
      demand(version == 2 || start.remaining() == V3_BYTES, image, "cut off");
      return parse(image, head(file, 1 << clusterBits), file.size());
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw refusal(image, "cut off");
    }
  }

  /**
   * What an image of this header is.
   *
   * @throws Failure {@code HYPERVISOR_REFUSED} when no file can have its backing file's name
   */
  ImageFacts facts(Path image, long allocatedBytes) {
    return new ImageFacts(
        "qcow2",
        virtualSizeBytes,
        allocatedBytes,
        backing.isEmpty() ? null : fullBacking(image),
        backingFormat,
        snapshots,
        (incompatible & EXTERNAL_DATA) != 0);
  }

  /** Whether the file's bytes alone are the whole image, in the modern version. */
  boolean plain() {
    return version == 3
        && backing.isEmpty()
        && snapshots == 0
        && (incompatible & (EXTERNAL_DATA | CORRUPT)) == 0;
  }

  private static Qcow2Header parse(Path image, ByteBuffer head, long fileBytes) {
    int version = head.getInt(4);
    int clusterBytes = 1 << head.getInt(20);
    long sizeBytes = head.getLong(24);
    demand(sizeBytes >= 0, image, "a size beyond all limits");
    int l1Entries = head.getInt(36);
    demand(l1Entries >= 0 && l1Entries <= MAX_L1_ENTRIES, image, "an L1 table beyond all limits");
    demandTable(image, head.getLong(40), l1Entries == 0, clusterBytes, fileBytes);
    demandTable(image, head.getLong(48), false, clusterBytes, fileBytes);
    int snapshots = head.getInt(60);
    demand(snapshots >= 0 && snapshots <= MAX_SNAPSHOTS, image, "too many snapshots");
    long incompatible = version == 2 ? 0 : head.getLong(72);
    demand((incompatible & ~KNOWN) == 0, image, "a feature that nobody here knows");
    int headerBytes = version == 2 ? V2_BYTES : head.getInt(100);
    demand(
        version == 2
            || (headerBytes >= V3_BYTES && headerBytes <= clusterBytes && headerBytes % 8 == 0),
        image,
        "a header of " + headerBytes + " bytes");
    String backing = backing(image, head, clusterBytes);
    int end = head.getLong(8) == 0 ? clusterBytes : (int) head.getLong(8);
    String backingFormat = backingFormat(image, head, headerBytes, end);
    return new Qcow2Header(
        version,
        sizeBytes / 512 * 512,
        backing,
        backing.isEmpty() ? null : backingFormat,
        snapshots,
        incompatible);
  }

  private static void demandTable(
      Path image, long offset, boolean mayMiss, int clusterBytes, long fileBytes) {
    boolean sound = offset > 0 && offset % clusterBytes == 0 && offset < fileBytes;
    demand(sound || (mayMiss && offset == 0), image, "a table outside of the file");
  }

  private static String backing(Path image, ByteBuffer head, int clusterBytes) {
    long offset = head.getLong(8);
    int length = head.getInt(16);
    if (offset == 0) {
      return "";
    }
    demand(offset > 0 && offset <= clusterBytes, image, "its backing file's name is far away");
    demand(
        length >= 0 && length <= Math.min(MAX_NAME_BYTES, clusterBytes - offset),
        image,
        "its backing file's name is too long");
    return text(head, (int) offset, length);
  }

  private static @Nullable String backingFormat(Path image, ByteBuffer head, int start, int end) {
    String format = null;
    int at = start;
    while (at < end) {
      demand(at + 8 <= end, image, "its extensions do not end");
      int type = head.getInt(at);
      int length = head.getInt(at + 4);
      at += 8;
      demand(length >= 0 && length <= end - at, image, "an extension is too long");
      if (type == 0) {
        break;
      }
      if (type == BACKING_FORMAT) {
        demand(length <= MAX_FORMAT_BYTES, image, "its backing format's name is too long");
        format = text(head, at, length);
      }
      at += (length + 7) & ~7;
    }
    return format;
  }

  /** A relative name is relative to the image; one with a protocol, such as nbd:, is what it is. */
  private Path fullBacking(Path image) {
    boolean protocol = backing.matches("(?s)[^:/]*:.*");
    try {
      return protocol ? Path.of(backing) : image.resolveSibling(backing);
    } catch (InvalidPathException e) {
      throw refusal(image, "its backing file's name is no path");
    }
  }

  private static ByteBuffer head(FileChannel file, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {}
    return bytes.flip();
  }

  private static String text(ByteBuffer head, int at, int length) {
    byte[] bytes = new byte[length];
    head.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void demand(boolean sound, Path image, String fault) {
    if (!sound) {
      throw refusal(image, fault);
    }
  }

  private static Failure refusal(Path image, String fault) {
    return new Failure(
        FailureCode.HYPERVISOR_REFUSED,
        "Look at image %s: no sound qcow2 image (%s). Check it with qemu-img check."
            .formatted(ForeignText.shown(image.toString()), fault));
  }
}
