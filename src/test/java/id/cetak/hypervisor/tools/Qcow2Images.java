package id.cetak.hypervisor.tools;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The smallest sound images, with backing files that qemu-img would not write. */
final class Qcow2Images {
  private Qcow2Images() {}

  /** An image with one cluster of header, one of a table for counts, and one for its map. */
  static byte[] image(int version, String backing, @Nullable String format) {
    ByteBuffer image = ByteBuffer.allocate(3 * 512);
    byte[] name = backing.getBytes(StandardCharsets.UTF_8);
    image.putInt(0x514649fb).putInt(version);
    image.putLong(name.length == 0 ? 0 : 256).putInt(name.length);
    image.putInt(9).putLong(512).putInt(0).putInt(1).putLong(1024).putLong(512).putInt(1).putInt(0);
    image.putLong(0);
    if (version == 3) {
      image.putLong(0).putLong(0).putLong(0).putInt(4).putInt(104);
    }
    if (format != null) {
      byte[] word = format.getBytes(StandardCharsets.UTF_8);
      image.putInt(0xe2792aca).putInt(word.length).put(Arrays.copyOf(word, (word.length + 7) & ~7));
    }
    image.position(256).put(name);
    return image.array();
  }
}
