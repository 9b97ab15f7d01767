package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.ForeignImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a qcow2 image of a stranger must not ask for. Beyond what {@link Qcow2Header} demands of any
 * image, this one stands alone: no other file, no history, no key, no unfinished business, and
 * tables no larger than its disk needs.
 */
final class ForeignQcow2 {
  private static final byte[] MAGIC = {'Q', 'F', 'I', (byte) 0xfb};
  private static final int V2_BYTES = 72;
  private static final int V3_BYTES = 104;

  private static final long DIRTY = 1;
  private static final long CORRUPT = 1 << 1;
  private static final long EXTERNAL_DATA = 1 << 2;
  private static final long COMPRESSION = 1 << 3;
  private static final long EXTENDED_L2 = 1 << 4;
  private static final long KNOWN = DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION | EXTENDED_L2;

  /** Extensions of the header that name another file, a key, or more tables. */
  private static final int DATA_FILE = 0x44415441;

  private static final int CRYPTO = 0x0537be77;

  private final ByteBuffer head;
  private final long fileBytes;

  /**
   * @param head the file's beginning, which begins with the magic
   */
  ForeignQcow2(byte[] head, long fileBytes) {
    this.head = ByteBuffer.wrap(head);
    this.fileBytes = fileBytes;
  }

  static boolean begins(byte[] head) {
    return head.length >= MAGIC.length && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, 4);
  }

  ForeignImages.Kind kind(Path file, long maxVirtualBytes) throws IOException, Unfit {
    Unfit.when(head.limit() < V2_BYTES, "its header is cut off");
    int version = head.getInt(4);
    Unfit.when(version != 2 && version != 3, "it is qcow version %d".formatted(version));
    Unfit.when(version == 3 && head.limit() < V3_BYTES, "its header is cut off");
    int clusterBits = head.getInt(20);
    Unfit.when(
        clusterBits < 9 || clusterBits > 21, "its clusters have 2^%d bytes".formatted(clusterBits));
    standsAlone(version);
    extensions(version, 1 << clusterBits);
    long sizeBytes = head.getLong(24);
    Unfit.when(
        sizeBytes <= 0 || sizeBytes > maxVirtualBytes,
        "its disk has %s bytes, and 1 to %d are allowed"
            .formatted(Long.toUnsignedString(sizeBytes), maxVirtualBytes));
    tables(version, clusterBits, sizeBytes);
    return new ForeignImages.Kind("qcow2", fileBytes, sound(file).virtualSizeBytes());
  }

  private void standsAlone(int version) throws Unfit {
    Unfit.when(
        head.getLong(8) != 0 || head.getInt(16) != 0,
        "it has a backing file, which could be any file of this host. Flatten it where it comes from");
    long features = version == 2 ? 0 : head.getLong(72);
    Unfit.when(
        (features & EXTERNAL_DATA) != 0,
        "its data lie in another file, which could be any file of this host");
    Unfit.when((features & CORRUPT) != 0, "it is marked as corrupt");
    Unfit.when(
        (features & DIRTY) != 0, "it was not closed properly. Repair it where it comes from");
    Unfit.when((features & ~KNOWN) != 0, "it uses a feature that is not known here");
    Unfit.when(head.getInt(32) != 0, "it is encrypted");
    Unfit.when(
        head.getInt(60) != 0,
        "it has %s internal snapshots. Remove them where it comes from"
            .formatted(Integer.toUnsignedString(head.getInt(60))));
  }

  private void extensions(int version, int clusterBytes) throws Unfit {
    int at = version == 2 ? V2_BYTES : head.getInt(100);
    Unfit.when(at < V2_BYTES || at % 8 != 0 || at > clusterBytes, "its header is unsound");
    int end = Math.min(clusterBytes, head.limit());
    // QEMU reads them to the cluster's end; what a stranger puts beyond these pages is refused.
    while (at + 8 <= end) {
      int type = head.getInt(at);
      int length = head.getInt(at + 4);
      if (type == 0) {
        return;
      }
      Unfit.when(type == DATA_FILE, "it names a data file, which could be any file of this host");
      Unfit.when(type == CRYPTO, "it is encrypted");
      Unfit.when(length < 0 || length > end - at - 8, "an extension of its header is too long");
      at += 8 + ((length + 7) & ~7);
    }
    Unfit.when(end < clusterBytes, "the extensions of its header do not end");
  }

  private void tables(int version, int clusterBits, long sizeBytes) throws Unfit {
    long clusterBytes = 1L << clusterBits;
    boolean extended = version == 3 && (head.getLong(72) & EXTENDED_L2) != 0;
    long l2Entries = clusterBytes / (extended ? 16 : 8);
    long perL1Entry = clusterBytes * l2Entries;
    long needed = (sizeBytes + perL1Entry - 1) / perL1Entry;
    long l1Entries = Integer.toUnsignedLong(head.getInt(36));
    Unfit.when(l1Entries < needed, "its L1 table is too small for its disk");
    // QEMU keeps all of it in memory; a resize may have left some room.
    Unfit.when(
        l1Entries > 2 * needed + 1024,
        "its L1 table has %d entries where its disk needs %d".formatted(l1Entries, needed));
    inside("L1", head.getLong(40), l1Entries * 8);
    long refcountClusters = Integer.toUnsignedLong(head.getInt(56));
    Unfit.when(
        refcountClusters * clusterBytes > 8L << 20,
        "its refcount table has %d clusters".formatted(refcountClusters));
    inside("refcount", head.getLong(48), refcountClusters * clusterBytes);
    Unfit.when(version == 3 && head.getInt(96) > 6, "its refcounts are too wide");
  }

  private void inside(String table, long offset, long bytes) throws Unfit {
    Unfit.when(
        offset <= 0 || offset > fileBytes - bytes,
        "its %s table lies outside of the file, which may be cut off".formatted(table));
  }

  private static Qcow2Header sound(Path file) throws IOException, Unfit {
    try {
      return Qcow2Header.read(file);
    } catch (Failure e) {
      throw new Unfit("it is no sound qcow2 image (%s)".formatted(e.reason()));
    }
  }
}
