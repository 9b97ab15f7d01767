package id.cetak.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A short walk through every target; {@code deploy/fuzz} is the long one. */
class FuzzTest {
  private static final int MUTANTS = Integer.getInteger("cetak.fuzz.mutants", 500);
  private static final long SEED = Long.getLong("cetak.fuzz.seed", 11);
  private static final Path FINDINGS = Path.of("src/test/resources/fuzz");

  @TestFactory
  Stream<DynamicTest> what_a_stranger_may_write_is_taken_or_refused() {
    return Targets.ALL.stream()
        .map(target -> dynamicTest(target.name(), () -> seedsAndTheirMutants(target)));
  }

  @TestFactory
  Stream<DynamicTest> what_was_found_once_is_found_no_more() throws IOException {
    List<Path> findings;
    try (Stream<Path> files = Files.walk(FINDINGS)) {
      findings = files.filter(Files::isRegularFile).sorted().toList();
    }
    return findings.stream()
        .map(file -> dynamicTest(FINDINGS.relativize(file).toString(), () -> tryAgain(file)));
  }

  private static void tryAgain(Path file) throws Exception {
    String name = file.getName(FINDINGS.getNameCount()).toString();
    List<Target> targets =
        Targets.ALL.stream().filter(target -> target.name().equals(name)).toList();
    assertThat(targets).as("targets of the name %s", name).hasSize(1);
    targets.get(0).property().test(Files.readAllBytes(file));
  }

  private static void seedsAndTheirMutants(Target target) {
    List<byte[]> seeds = target.seeds().get();
    assertThat(seeds).isNotEmpty();
    seeds.forEach(seed -> test(target, seed));
    Mutants mutants = new Mutants(SEED);
    for (int n = 0; n < MUTANTS; n++) {
      test(target, mutants.of(seeds));
    }
  }

  private static void test(Target target, byte[] input) {
    try {
      target.property().test(input);
    } catch (Throwable e) {
      throw new AssertionError(
          "%s: %s. The input, in base64: %s"
              .formatted(target.name(), e, Base64.getEncoder().encodeToString(input)),
          e);
    }
  }
}
