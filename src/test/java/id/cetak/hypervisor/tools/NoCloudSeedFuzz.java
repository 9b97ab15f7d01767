package id.cetak.hypervisor.tools;

import id.cetak.fuzz.Claims;
import id.cetak.lab.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A medium that is labelled as a seed. The input is what lies behind the first 32 KiB, which no
 * reader looks at.
 */
public final class NoCloudSeedFuzz {
  private static final int BEFORE = 16 * 2048;

  private NoCloudSeedFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        behind(SeedImage.of(Map.of("meta-data", "instance-id: iid\nlocal-hostname: web\n"))),
        behind(
            SeedImage.of(
                Map.of(
                    "meta-data",
                    "{\n \"instance-id\": \"i\"\n}\n",
                    "user-data",
                    "#cloud-config\n"))));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    byte[] image = new byte[BEFORE + data.length];
    System.arraycopy(data, 0, image, BEFORE, data.length);
    Path seed = Scratch.file("hostile.iso", image);
    Claims.bounded(
        image.length,
        64,
        () -> {
          NoCloudSeed.read(seed)
              .ifPresent(
                  found -> {
                    Claims.printable(found.instanceId());
                    Claims.printable(found.hostname());
                  });
          try {
            SeedContent.read(seed, "vendor-data");
          } catch (IOException e) {
            Claims.printable(String.valueOf(e.getMessage()));
          }
        });
  }

  private static byte[] behind(ByteBuffer image) {
    byte[] bytes = new byte[image.remaining()];
    image.get(bytes);
    return Arrays.copyOfRange(bytes, BEFORE, bytes.length);
  }
}
