package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
