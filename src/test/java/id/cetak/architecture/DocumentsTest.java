package id.cetak.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the documents to what is there: the files, packages and tests that they name. */
class DocumentsTest {
  private static final Path ARCHITECTURE = Path.of("ARCHITECTURE.md");
  private static final Path INVARIANTS = Path.of("docs/invariants.md");
  private static final Path MAIN = Path.of("src/main/java/id/cetak");

  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
  private static final Pattern JAVA_FILE = Pattern.compile("`([a-z]+(?:/[a-z]+)*/\\w+\\.java)`");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");
  private static final Pattern MAPPED = Pattern.compile("(?m)^\\| `([a-z.]+)` \\|");

  static List<Path> documents() throws IOException {
    List<Path> documents =
        new ArrayList<>(List.of(ARCHITECTURE, Path.of("CHANGELOG.md"), Path.of("SECURITY.md")));
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    return documents;
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_link_leads_to_a_file(Path document) throws IOException {
    assertThat(named(LINK, document))
        .allSatisfy(link -> assertThat(document.resolveSibling(link)).exists());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_source_that_is_named_exists(Path document) throws IOException {
    assertThat(named(JAVA_FILE, document))
        .allSatisfy(
            file ->
                assertThat(file.startsWith("src/") ? Path.of(file) : MAIN.resolve(file)).exists());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void every_test_that_is_named_exists(Path document) throws IOException {
    Set<String> tests = tests();
    List<String> missing =
        TEST.matcher(Files.readString(document))
            .results()
            .map(
                test -> test.group(2) == null ? test.group(1) : test.group(1) + "." + test.group(2))
            .filter(test -> !tests.contains(test))
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void every_invariant_names_its_tests() throws IOException {
    String[] sections = Files.readString(INVARIANTS).split("\n## ", -1);
    assertThat(sections).hasSize(13);
    IntStream.rangeClosed(1, 12)
        .forEach(
            n -> {
              assertThat(sections[n]).startsWith("I" + n + " ");
              assertThat(sections[n]).containsPattern("\n- `\\w+\\.\\w+`");
            });
  }

  @Test
  void the_map_has_every_package_and_no_other() throws IOException {
    Code worker = Code.ofTheWorker();
    assertThat(named(MAPPED, ARCHITECTURE))
        .isEqualTo(
            worker.classes().stream()
                .map(worker::packageOf)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<String> named(Pattern pattern, Path document) throws IOException {
    return pattern
        .matcher(Files.readString(document))
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The classes of tests, and their methods as {@code Class.method}. */
  private static Set<String> tests() {
    Set<String> tests = new TreeSet<>();
    for (Source source : Source.below(Path.of("src/test/java"))) {
      tests.add(source.type());
      source.methods().forEach(method -> tests.add(source.type() + "." + method.name()));
    }
    return tests;
  }
}
