package id.cetak.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Properties of strangers' messages, which a dead letter has to give back. */
class DeliveriesTest {
  /** What a byte that is no UTF-8 is read as: one character of three bytes. */
  private static final String BROKEN = "\ufffd";

  @Test
  void headers_that_grew_when_they_were_read_still_fit_into_a_dead_letters_frame() {
    Map<String, Object> headers = new HashMap<>();
    for (int n = 0; n < 31; n++) {
      headers.put("h" + n, BROKEN.repeat(4_000));
    }
    int bytes = 0;
    for (var kept : Deliveries.headers(headers).entrySet()) {
      bytes += kept.getKey().length() + kept.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    assertThat(bytes).isBetween(12_000, 32 << 10);
  }

  @Test
  void property_or_name_that_amqp_would_not_carry_back_is_left_out() {
    assertThat(Deliveries.storable(Optional.of(BROKEN.repeat(86)))).isNull();
    assertThat(Deliveries.storable(Optional.of(BROKEN.repeat(85)))).isNotNull();
    assertThat(Deliveries.headers(Map.of(BROKEN.repeat(86), "x", "y", "z")))
        .isEqualTo(Map.of("y", "z"));
  }
}
