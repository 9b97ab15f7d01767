package id.cetak.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  @Test
  void a_long_outage_delays_the_events_after_it_no_more_than_a_short_one() {
    assertThat(
            IntStream.of(0, 1, 2, 5, 6, 100, Integer.MAX_VALUE)
                .mapToObj(EventPublisher::pauseAfter))
        .containsExactly(
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
  }
}
