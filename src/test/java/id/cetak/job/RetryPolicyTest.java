package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.app.CetakConfig;
import id.cetak.failure.FailureKind;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private static final RandomGenerator NO_JITTER = () -> 0;

  private static final CetakConfig CONFIG =
      new SmallRyeConfigBuilder()
          .addDiscoveredConverters()
          .withMapping(CetakConfig.class)
          .withDefaultValues(
              Map.of(
                  "cetak.host", "test",
                  "cetak.run.max-failures", "3",
                  "cetak.run.retry-delay", "2s",
                  "cetak.run.exhausted-delay", "5m"))
          .build()
          .getConfigMapping(CetakConfig.class);

  private final RetryPolicy policy = new RetryPolicy(CONFIG, NO_JITTER);

  @Test
  void each_kind_of_failure_is_final_or_is_tried_again_at_a_price() {
    Map<FailureKind, String> expected =
        new EnumMap<>(
            Map.of(
                FailureKind.REJECTED, "final",
                FailureKind.BUG, "final",
                FailureKind.CONFLICT, "again, free",
                FailureKind.EXHAUSTED, "again, free",
                FailureKind.TRANSIENT, "again, counted",
                FailureKind.UNKNOWN, "again, counted"));
    Map<FailureKind, String> found = new EnumMap<>(FailureKind.class);
    for (FailureKind kind : FailureKind.values()) {
      String price = RetryPolicy.cost(kind) == 0 ? "free" : "counted";
      found.put(kind, RetryPolicy.mayPass(kind) ? "again, " + price : "final");
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void a_job_has_as_many_failures_as_the_configuration_says() {
    assertThat(IntStream.rangeClosed(0, 4).mapToObj(policy::spent))
        .containsExactly(false, false, false, true, true);
  }

  @Test
  void the_pause_doubles_up_to_a_hundred_times_the_first() {
    List<Duration> pauses =
        IntStream.of(0, 1, 2, 3, 6, 7, 8)
            .mapToObj(failures -> policy.delay(FailureKind.TRANSIENT, failures))
            .toList();
    assertThat(pauses.stream().map(Duration::toSeconds))
        .containsExactly(2L, 4L, 8L, 16L, 128L, 200L, 200L);
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 31, 62, 63, 64, Integer.MAX_VALUE})
  void no_number_of_failures_makes_the_pause_overflow(int failures) {
    assertThat(policy.delay(FailureKind.UNKNOWN, failures)).hasSeconds(200);
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void a_lack_of_room_waits_as_long_as_the_configuration_says_and_others_never_longer(
      FailureKind kind) {
    RetryPolicy jittery = new RetryPolicy(CONFIG, new Random(42));
    for (int failures = 0; failures < 100; failures++) {
      Duration pause = jittery.delay(kind, failures);
      if (kind == FailureKind.EXHAUSTED) {
        assertThat(pause).hasMinutes(5);
      } else {
        assertThat(pause).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(300));
      }
    }
  }

  @Test
  void jobs_that_failed_together_do_not_come_back_together() {
    RetryPolicy jittery = new RetryPolicy(CONFIG, new Random(42));
    assertThat(
            IntStream.range(0, 100)
                .mapToObj(i -> jittery.delay(FailureKind.TRANSIENT, 0))
                .distinct()
                .count())
        .isGreaterThan(50);
  }
}
