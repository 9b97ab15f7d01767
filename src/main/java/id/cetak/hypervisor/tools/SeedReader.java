package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a file out of an image that {@link SeedImage} made: ISO 9660 with one folder, whose records
 * have Rock Ridge names. Nothing else is understood.
 */
final class SeedReader {
  private static final int SECTOR = 2048;

  /** A command has 256 KiB at most; escaped as JSON, a character can become six. */
  private static final int MAX_BYTES = 4 << 20;

  private static final int PRIMARY_DESCRIPTOR = 16 * SECTOR;
  private static final int ROOT_RECORD = PRIMARY_DESCRIPTOR + 156;

  /** Where a record has its length, its content's sector and size, and its name's length. */
  private static final int SECTOR_AT = 2;

  private static final int SIZE_AT = 10;
  private static final int NAME_LENGTH_AT = 32;
  private static final int NAME_AT = 33;

  private final ByteBuffer image;

  private SeedReader(ByteBuffer image) {
    this.image = image;
  }

  static Optional<String> read(Path seed, String name) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(seed, LinkOption.NOFOLLOW_LINKS)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("it is too large to be a seed");
    }
    try {
      return new SeedReader(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)).file(name);
    } catch (IndexOutOfBoundsException e) {
      throw new IOException("it is no seed image", e);
    }
  }

  private Optional<String> file(String name) {
    int at = content(ROOT_RECORD);
    int end = at + size(ROOT_RECORD);
    while (at < end) {
      int length = Byte.toUnsignedInt(image.get(at));
      if (length == 0) {
        // A record does not cross a sector's end; the next sector has the next one.
        at = (at / SECTOR + 1) * SECTOR;
      } else if (name(at, length).equals(name)) {
        return Optional.of(text(content(at), size(at)));
      } else {
        at += length;
      }
    }
    return Optional.empty();
  }

  /** The Rock Ridge entry {@code NM}: signature, length, version, flags, and the name. */
  private String name(int record, int length) {
    int named = Byte.toUnsignedInt(image.get(record + NAME_LENGTH_AT));
    int at = record + NAME_AT + named + (named % 2 == 0 ? 1 : 0);
    while (at + 4 <= record + length) {
      int entry = Byte.toUnsignedInt(image.get(at + 2));
      if (image.get(at) == 'N' && image.get(at + 1) == 'M') {
        return text(at + 5, entry - 5);
      }
      if (entry == 0) {
        return "";
      }
      at += entry;
    }
    return "";
  }

  private int content(int record) {
    return (int) Math.min((long) image.getInt(record + SECTOR_AT) * SECTOR, image.capacity());
  }

  private int size(int record) {
    return Math.min(image.getInt(record + SIZE_AT), image.capacity());
  }

  private String text(int at, int length) {
    byte[] bytes = new byte[Math.max(length, 0)];
    image.get(at, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
