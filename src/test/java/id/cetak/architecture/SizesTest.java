package id.cetak.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

class SizesTest {
  @Test
  void a_file_or_method_with_one_line_too_many_is_found(@TempDir Path folder) throws IOException {
    String type = "class Some {\n  void run() {\n%s  }\n%s}\n";
    Files.writeString(folder.resolve("Fits.java"), type.formatted("\n", "\n".repeat(5)));
    Files.writeString(folder.resolve("LongFile.java"), type.formatted("\n", "\n".repeat(6)));
    Files.writeString(folder.resolve("LongMethod.java"), type.formatted("\n\n", ""));
    Code code = new Code("", Code.seeded("sizes").classes(), Source.below(folder));
    assertThat(SourceChecks.sizes(new SourceChecks.Sizes(10, 3, 5, 6)).violations(code))
        .satisfiesExactly(
            first -> assertThat(first).contains("LongFile", "11"),
            second -> assertThat(second).contains("LongMethod", "run", "4"));
  }

  @Test
  void half_of_the_files_fit_on_a_screen(TestReporter reporter) {
    List<Integer> lines =
        Code.ofTheWorker().sources().stream()
            .filter(source -> !source.type().equals("package-info"))
            .map(Source::lines)
            .sorted()
            .toList();
    int median = lines.get(lines.size() / 2);
    reporter.publishEntry("median lines of a file", Integer.toString(median));
    assertThat(median).isLessThanOrEqualTo(60);
  }
}
