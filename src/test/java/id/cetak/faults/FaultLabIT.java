package id.cetak.faults;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.lab.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
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
  /** Longer than a seal takes where the CPU is emulated and busy; what is lost costs all of it. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static World world;
  private static Results results;

  @BeforeAll
  static void start() {
    results =
        Results.begin(
            variable("CETAK_TEST_RESUME").isPresent(), variable("CETAK_TEST_COMMIT").orElse("-"));
    world = new World("lab", Map.of(), PATIENCE);
  }

  @AfterAll
  static void stop() throws IOException {
    world.close();
    results.write(Grid.all().stream().map(Episode::name).toList());
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
    Pattern only = Pattern.compile(variable("CETAK_TEST_ONLY").orElse(""));
    Stream<DynamicTest> cells =
        grid.filter(episode -> only.matcher(episode.name()).find())
            .flatMap(episode -> test(episode.name(), row(episode), episode));
    AtomicInteger number = new AtomicInteger();
    Stream<DynamicTest> random =
        Grid.soak(seed)
            .limit(episodes)
            .flatMap(
                episode ->
                    test(
                        "seed %d, %d: %s".formatted(seed, number.incrementAndGet(), episode.name()),
                        "random, seed %d | one or two at any place".formatted(seed),
                        episode));
    return Stream.concat(
        Stream.concat(cells, random),
        Stream.of(
            DynamicTest.dynamicTest(
                "sealed files are as they were sealed, after all of it",
                () -> assertThat(new Witness(world.lab, world.broker).breaches()).isEmpty())));
  }

  private static String row(Episode episode) {
    return episode.target().name().toLowerCase(Locale.ROOT)
        + " | "
        + episode.hits().get(0).fault().words();
  }

  private static Stream<DynamicTest> test(String name, String row, Episode episode) {
    return results.hold(name)
        ? Stream.empty()
        : Stream.of(DynamicTest.dynamicTest(name, () -> play(name, row, episode)));
  }

  private static void play(String name, String row, Episode episode) {
    Episode.Result result = episode.play(world);
    results.add(name, row, result);
    System.out.printf(
        "%s: %s, %d of %d struck, %d ms to the outcome%n",
        name,
        result.breaches().isEmpty() ? "holds" : result.breaches(),
        result.struck(),
        episode.hits().size(),
        result.recovery().toMillis());
    assertThat(result.breaches()).as("%s%s", name, world.logs()).isEmpty();
    assertThat(result.struck())
        .as("places that were reached of %s", episode.hits())
        .isEqualTo(episode.hits().size());
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }
}
