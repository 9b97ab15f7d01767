package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.fuzz.Claims;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.lab.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An image of a stranger: as a disk of a chain, and as one to be imported. */
public final class Qcow2HeaderFuzz {
  private Qcow2HeaderFuzz() {}

  public static List<byte[]> seeds() {
    byte[] disk = new byte[1024];
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    return List.of(
        Qcow2Images.image(3, "", null),
        Qcow2Images.image(3, "base.qcow2", "qcow2"),
        Qcow2Images.image(3, "/etc/shadow", "raw"),
        Qcow2Images.image(3, "nbd://192.0.2.1/x", "raw"),
        Qcow2Images.image(2, "base.qcow2", null),
        Arrays.copyOf(Qcow2Images.image(3, "", null), 512),
        disk);
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Path image = Scratch.file("image.qcow2", data);
    Claims.bounded(
        data.length,
        64,
        () -> {
          asAny(image);
          asDisk(image);
          asImport(image);
        });
  }

  private static void asAny(Path image) throws IOException {
    try {
      Qcow2Header.read(image).facts(image, 0);
    } catch (Failure refused) {
      Claims.printable(refused.reason());
    }
  }

  private static void asDisk(Path image) {
    DiskChain chain = DiskChain.of(new GuestDisk(image, "qcow2"));
    if (chain.fault() != null) {
      Claims.printable(chain.fault());
    }
  }

  private static void asImport(Path image) throws IOException {
    try {
      ForeignHeader.read(image, 1L << 40);
    } catch (Unfit unfit) {
      Claims.printable(String.valueOf(unfit.getMessage()));
    }
  }
}
