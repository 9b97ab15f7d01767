package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an image is for its reader is {@code ImageToolsIT}'s matter. */
class SeedImageTest {
  private static final int SECTOR = 2048;

  private static final Map<String, String> FILES =
      Map.of(
          "meta-data", "{\n  \"instance-id\": \"6f3f\"\n}\n",
          "user-data", "#cloud-config\n",
          "network-config", "{}\n");

  @Test
  void same_files_in_another_order_give_the_same_bytes() {
    Map<String, String> turned = new LinkedHashMap<>();
    for (String name : List.of("user-data", "network-config", "meta-data")) {
      turned.put(name, FILES.get(name));
    }
    assertThat(SeedImage.of(turned)).isEqualTo(SeedImage.of(FILES));
  }

  @Test
  void bytes_hold_no_time_of_day() {
    // The format has two-digit years since 1900, of files, and dates in digits, of the volume.
    String text = StandardCharsets.ISO_8859_1.decode(SeedImage.of(FILES)).toString();
    assertThat(text).contains("20000101").doesNotContain("202", "203");
    assertThat(directoryYears(SeedImage.of(FILES))).isNotEmpty().containsOnly(100);
  }

  @Test
  void size_is_whole_sectors_and_grows_with_the_files() {
    ByteBuffer small = SeedImage.of(FILES);
    ByteBuffer large = SeedImage.of(Map.of("user-data", "x".repeat(1 << 20)));
    assertThat(small.remaining() % SECTOR).isZero();
    assertThat(small.remaining()).isLessThan(80 * 1024);
    assertThat(large.remaining()).isBetween(1 << 20, (1 << 20) + 80 * 1024);
  }

  @Test
  void many_threads_make_whole_images() {
    ByteBuffer alone = SeedImage.of(FILES);
    assertThat(IntStream.range(0, 200).parallel().filter(i -> !SeedImage.of(FILES).equals(alone)))
        .isEmpty();
  }

  @Test
  void what_was_put_in_is_read_back(@TempDir Path folder) throws IOException {
    Map<String, String> files = new LinkedHashMap<>(FILES);
    for (int n = 0; n < 40; n++) {
      files.put("file-%d.yaml".formatted(n), "ö".repeat(n * 100));
    }
    files.put("vendor-data", "#cloud-config\n{}\n");
    Path seed = Files.write(folder.resolve("seed.iso"), bytes(SeedImage.of(files)));
    for (var file : files.entrySet()) {
      assertThat(SeedContent.read(seed, file.getKey())).contains(file.getValue());
    }
    assertThat(SeedContent.read(seed, "vendor-dat")).isEmpty();
  }

  @Test
  void an_image_that_is_cut_or_damaged_is_an_error_or_another_text(@TempDir Path folder)
      throws IOException {
    byte[] whole = bytes(SeedImage.of(FILES));
    Path seed = folder.resolve("seed.iso");
    var random = new Random(3);
    for (int n = 0; n < 300; n++) {
      byte[] damaged =
          Arrays.copyOf(whole, n % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int change = 0; change < 8 && damaged.length > 40_000; change++) {
        damaged[32_768 + random.nextInt(damaged.length - 32_768)] = (byte) random.nextInt(256);
      }
      Files.write(seed, damaged);
      Throwable thrown = catchThrowable(() -> SeedContent.read(seed, "meta-data"));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(IOException.class);
      }
    }
  }

  private static byte[] bytes(ByteBuffer image) {
    byte[] bytes = new byte[image.remaining()];
    image.get(bytes);
    return bytes;
  }

  /** The year of each record in the root directory, which the volume descriptor leads to. */
  private static List<Integer> directoryYears(ByteBuffer image) {
    byte[] bytes = new byte[image.remaining()];
    image.get(bytes);
    int root = (bytes[16 * SECTOR + 158] & 0xff) * SECTOR;
    List<Integer> years = new ArrayList<>();
    for (int at = root; bytes[at] != 0; at += bytes[at] & 0xff) {
      years.add(bytes[at + 18] & 0xff);
    }
    return years;
  }
}
