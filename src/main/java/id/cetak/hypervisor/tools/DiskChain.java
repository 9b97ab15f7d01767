package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.ImageFacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk and the images that it lies on. Only what is certain is followed: regular files whose
 * format is declared, because a guest can write a header of any format into a raw image.
 *
 * @param content the image that gives the disk its content: below overlays that hold nothing
 * @param bases what the disk lies on, from the top down
 * @param fault why the disk must not be opened, as half a sentence; null when it may
 */
record DiskChain(GuestDisk content, List<String> bases, @Nullable String fault) {
  private static final int MAX_DEPTH = 32;
  private static final int MAX_L1_BYTES = 1 << 20;

  DiskChain {
    // An image names the ones below it, as a stranger may have called them.
    fault = fault == null ? null : ForeignText.shown(fault);
  }

  static DiskChain of(GuestDisk disk) {
    List<String> bases = new ArrayList<>();
    GuestDisk content = disk;
    GuestDisk here = disk;
    boolean empty = true;
    try {
      for (int depth = 0; depth < MAX_DEPTH; depth++) {
        String fault = fault(here);
        if (fault != null) {
          return new DiskChain(disk, bases, fault);
        }
        GuestDisk below = below(here);
        if (below == null) {
          return new DiskChain(content, bases, null);
        }
        empty = empty && holdsNothing(here);
        bases.add(below.image().toString());
        here = below;
        content = empty ? below : content;
      }
      return new DiskChain(disk, bases, "lies on more than " + MAX_DEPTH + " images");
    } catch (IOException e) {
      return new DiskChain(
          disk, bases, "cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage());
    } catch (Failure e) {
      return new DiskChain(disk, bases, "is refused: " + e.reason());
    }
  }

  private static @Nullable String fault(GuestDisk disk) {
    if (!Files.exists(disk.image())) {
      return "needs " + disk.image() + ", which is missing";
    }
    if (!Files.isRegularFile(disk.image())) {
      return "needs " + disk.image() + ", which is no regular file";
    }
    if (!Files.isReadable(disk.image())) {
      return "needs " + disk.image() + ", which the worker may not read";
    }
    if (!disk.format().equals("raw") && !disk.format().equals("qcow2")) {
      return "has the format " + disk.format() + ", which is not read";
    }
    return null;
  }

  private static @Nullable GuestDisk below(GuestDisk disk) throws IOException {
    if (disk.format().equals("raw")) {
      return null;
    }
    ImageFacts facts = Qcow2Header.read(disk.image()).facts(disk.image(), 0);
    if (facts.externalData()) {
      throw new IOException("it keeps its data in another file");
    }
    Path backing = facts.backingFile();
    String format = facts.backingFormat();
    if (backing == null) {
      return null;
    }
    if (format == null) {
      throw new IOException("it does not say which format its backing file has");
    }
    return new GuestDisk(backing, format);
  }

  /** Whether a qcow2 image's first table is empty: all that its guest sees lies below. */
  private static boolean holdsNothing(GuestDisk disk) throws IOException {
    try (FileChannel file = FileChannel.open(disk.image(), StandardOpenOption.READ)) {
      ByteBuffer header = read(file, 0, 48);
      if (header.limit() < 48) {
        return false;
      }
      long tableBytes = 8L * header.getInt(36);
      if (tableBytes < 0 || tableBytes > MAX_L1_BYTES) {
        return false;
      }
      ByteBuffer table = read(file, header.getLong(40), (int) tableBytes);
      while (table.remaining() >= Long.BYTES) {
        if (table.getLong() != 0) {
          return false;
        }
      }
      return table.limit() == tableBytes;
    }
  }

  private static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {}
    return bytes.flip();
  }
}
