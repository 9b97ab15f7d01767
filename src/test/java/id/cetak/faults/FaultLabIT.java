package id.cetak.faults;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.lab.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Real jobs, struck by real faults while they are held at a place of their way; witnesses judge. By
 * default the part that takes minutes; {@code deploy/fault-lab} plays the whole grid, and as many
 * episodes as it is told that a seed chooses.
 */
class FaultLabIT {
  private static final Path REPORT = Path.of("target/fault-lab/report.md");
  private static final List<Episode.Result> RESULTS = new ArrayList<>();

  private static World world;

  @BeforeAll
  static void start() {
    world = new World("lab", Map.of(), Duration.ofMinutes(5));
  }

  @AfterAll
  static void stop() throws IOException {
    world.close();
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, report());
  }

  @TestFactory
  Stream<DynamicTest> a_job_that_a_fault_strikes_ends_once_and_leaves_what_it_says() {
    Stream<Episode> grid =
        switch (variable("CETAK_TEST_FAULTS").orElse("quick")) {
          case "all" -> Grid.all().stream();
          case "none" -> Stream.empty();
          case "quick" -> Grid.quick().stream();
          default -> throw new IllegalArgumentException("CETAK_TEST_FAULTS is quick, all or none");
        };
    long seed = variable("CETAK_TEST_SEED").map(Long::parseLong).orElse(1L);
    long episodes = variable("CETAK_TEST_EPISODES").map(Long::parseLong).orElse(0L);
    String only = variable("CETAK_TEST_ONLY").orElse("");
    return Stream.concat(
        Stream.concat(
                grid.filter(episode -> episode.name().contains(only)),
                Grid.soak(seed).limit(episodes))
            .map(episode -> DynamicTest.dynamicTest(episode.name(), () -> play(episode))),
        Stream.of(
            DynamicTest.dynamicTest(
                "sealed files are as they were sealed, after all of it",
                () -> assertThat(new Witness(world.lab, world.broker).breaches()).isEmpty())));
  }

  private static void play(Episode episode) {
    Episode.Result result = episode.play(world);
    RESULTS.add(result);
    System.out.printf(
        "%s: %s, %d of %d struck, %d ms to the outcome%n",
        episode.name(),
        result.breaches().isEmpty() ? "holds" : result.breaches(),
        result.struck(),
        episode.hits().size(),
        result.recovery().toMillis());
    assertThat(result.breaches()).as("%s%s", episode.name(), world.logs()).isEmpty();
    assertThat(result.struck())
        .as("places that were reached of %s", episode.hits())
        .isEqualTo(episode.hits().size());
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }

  /** A row for each command and fault. */
  static String report() {
    Map<String, List<Episode.Result>> rows = new TreeMap<>();
    for (Episode.Result result : RESULTS) {
      Episode.Hit first = result.episode().hits().get(0);
      rows.computeIfAbsent(
              "| %s | %s"
                  .formatted(result.episode().target().place(""), first.fault().words())
                  .replace(". |", " |"),
              key -> new ArrayList<>())
          .add(result);
    }
    StringBuilder report =
        new StringBuilder(
            """
            | command | fault | episodes | struck | passed | recovery p50 | longest |
            | --- | --- | ---: | ---: | ---: | ---: | ---: |
            """);
    rows.forEach((row, results) -> report.append(row).append(figures(results)));
    report.append("| all | |").append(figures(RESULTS).substring(2));
    return report.toString();
  }

  private static String figures(List<Episode.Result> results) {
    List<Duration> recoveries =
        results.stream().map(Episode.Result::recovery).sorted(Comparator.naturalOrder()).toList();
    if (recoveries.isEmpty()) {
      return " | 0 | 0 | 0 | | |\n";
    }
    return " | %d | %d | %d | %.1f s | %.1f s |\n"
        .formatted(
            results.size(),
            results.stream().mapToInt(Episode.Result::struck).sum(),
            results.stream().filter(result -> result.breaches().isEmpty()).count(),
            recoveries.get(recoveries.size() / 2).toMillis() / 1000.0,
            recoveries.get(recoveries.size() - 1).toMillis() / 1000.0);
  }
}
