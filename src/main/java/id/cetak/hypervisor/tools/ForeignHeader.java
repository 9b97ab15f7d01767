package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.ForeignImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tells from its first bytes what an image file is. Nobody's word is taken for it, neither the
 * name's nor the sender's, and QEMU is never asked to guess: a format that is neither qcow2 nor a
 * plain disk is named and refused.
 */
final class ForeignHeader {
  private static final int HEAD_BYTES = 40 << 10;
  private static final int SECTOR = 512;

  /** How another format begins: where, with which bytes. */
  private record Other(String words, int offset, String magic) {
    boolean begins(byte[] head) {
      return new String(head, StandardCharsets.ISO_8859_1).startsWith(magic, offset);
    }
  }

  private static final Other VHD = new Other("a VHD image", 0, "conectix");

  private static final List<Other> OTHERS =
      List.of(
          VHD,
          new Other("a VMDK image", 0, "KDMV"),
          new Other("a VMDK image", 0, "COWD"),
          new Other("a VMDK description, which names other files", 0, "# Disk DescriptorFile"),
          new Other("a VDI image", 0x40, "\u007f\u0010\u00da\u00be"),
          new Other("a QED image", 0, "QED\0"),
          new Other("a VHDX image", 0, "vhdxfile"),
          new Other("a Parallels image", 0, "WithoutFreeSpace"),
          new Other("a Parallels image", 0, "WithouFreSpacExt"),
          new Other("a Bochs image", 0, "Bochs Virtual HD Image"),
          new Other("encrypted by LUKS", 0, "LUKS\u00ba\u00be"),
          new Other("compressed by gzip", 0, "\u001f\u008b"),
          new Other("compressed by xz", 0, "\u00fd7zXZ\0"),
          new Other("compressed by zstd", 0, "(\u00b5/\u00fd"),
          new Other("compressed by bzip2", 0, "BZh"),
          new Other("a zip archive", 0, "PK\u0003\u0004"),
          new Other("a tar archive", 257, "ustar"),
          new Other("a CD-ROM image", 0x8001, "CD001"));

  private ForeignHeader() {}

  /**
   * What the file is.
   *
   * @param file opened by this path; may be a way to a file that is held open
   * @throws Unfit when it is neither a sound qcow2 image nor a plain disk
   */
  static ForeignImages.Kind read(Path file, long maxVirtualBytes) throws IOException, Unfit {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      byte[] head = bytes(channel, 0, HEAD_BYTES);
      long fileBytes = channel.size();
      if (ForeignQcow2.begins(head)) {
        return new ForeignQcow2(head, fileBytes).kind(file, maxVirtualBytes);
      }
      refuseOthers(head);
      refuseFooter(channel, fileBytes);
      demandPartitions(head);
      long sizeBytes = (fileBytes + SECTOR - 1) / SECTOR * SECTOR;
      Unfit.when(
          sizeBytes > maxVirtualBytes,
          "its disk has %d bytes, more than the %d that are allowed"
              .formatted(sizeBytes, maxVirtualBytes));
      return new ForeignImages.Kind("raw", fileBytes, sizeBytes);
    }
  }

  private static void refuseOthers(byte[] head) throws Unfit {
    Optional<Other> other = OTHERS.stream().filter(kind -> kind.begins(head)).findFirst();
    if (other.isPresent()) {
      throw new Unfit(
          "it is %s. Unpack or convert it where it comes from, to qcow2 or raw"
              .formatted(other.get().words));
    }
  }

  /** A fixed VHD is a plain disk with a sector behind it that says otherwise. */
  private static void refuseFooter(FileChannel channel, long fileBytes) throws IOException, Unfit {
    if (fileBytes >= SECTOR) {
      byte[] last = bytes(channel, fileBytes - SECTOR, SECTOR);
      Unfit.when(
          VHD.begins(last),
          "it is a VHD image. Unpack or convert it where it comes from, to qcow2 or raw");
    }
  }

  private static void demandPartitions(byte[] head) throws Unfit {
    boolean table = head.length >= SECTOR && head[510] == 0x55 && head[511] == (byte) 0xaa;
    Unfit.when(!table, "it is neither qcow2 nor a raw disk with a partition table");
  }

  private static byte[] bytes(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {}
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
