package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.app.CetakConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StartTurnsTest {
  @Test
  void two_hundred_guests_do_not_boot_at_once() {
    StartTurns turns = turns(3, "1h");
    List<UUID> started = new ArrayList<>();
    for (int n = 0; n < 200; n++) {
      UUID job = new UUID(1, n);
      if (turns.take(job).isEmpty()) {
        turns.started(job);
        started.add(job);
      }
    }
    assertThat(started).containsExactly(new UUID(1, 0), new UUID(1, 1), new UUID(1, 2));
  }

  @Test
  void who_waits_longest_is_next() {
    StartTurns turns = turns(1, "20ms");
    UUID first = new UUID(1, 1);
    UUID second = new UUID(1, 2);
    UUID third = new UUID(1, 3);
    assertThat(turns.take(first)).isEmpty();
    turns.started(first);
    assertThat(turns.take(second)).isPresent();
    assertThat(turns.take(third)).isPresent();
    await()
        .until(
            () -> {
              assertThat(turns.take(third)).as("not before the second").isPresent();
              return turns.take(second).isEmpty();
            });
  }

  @Test
  void who_waits_further_behind_is_told_to_come_later() {
    StartTurns turns = turns(2, "1s");
    for (int n = 0; n < 2; n++) {
      assertThat(turns.take(new UUID(1, n))).isEmpty();
    }
    assertThat(turns.take(new UUID(2, 0)).orElseThrow()).hasSeconds(1);
    assertThat(turns.take(new UUID(2, 1)).orElseThrow()).hasSeconds(1);
    assertThat(turns.take(new UUID(2, 2)).orElseThrow()).hasSeconds(2);
  }

  private static StartTurns turns(int most, String settle) {
    Map<String, String> settings = new HashMap<>();
    settings.put("cetak.host", "hv1");
    settings.put("cetak.run.max-concurrent-starts", Integer.toString(most));
    settings.put("cetak.run.start-settle", settle);
    return new StartTurns(
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(CetakConfig.class)
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .build()
            .getConfigMapping(CetakConfig.class));
  }
}
