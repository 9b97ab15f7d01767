package id.cetak.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What costs time in a query without being seen in it. */
class QueriesTest {
  private static final Pattern SINGLE_COLUMN =
      Pattern.compile(
          "createNativeQuery\\([^;]*?,\\s*(Boolean|UUID|Long|Integer|String|Number)\\.class");

  /**
   * Hibernate keeps what it learned of each native query. With a class for a single column it makes
   * a new entry at each call, equal to none and with the hash of all: looking one up was a sixth of
   * the worker's time. Without a class, or with Tuple, there is one entry.
   */
  @Test
  void no_query_names_a_class_for_a_single_column() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSizeGreaterThan(100);
      for (Path source : sources) {
        assertThat(Files.readString(source)).as("%s", source).doesNotContainPattern(SINGLE_COLUMN);
      }
    }
  }
}
