package id.cetak.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CloudEventsTest {
  private static final UUID ID = UUID.fromString("0b0f3a52-6f0e-4d67-8f7c-2f9d7a1f3b11");
  private static final Instant TIME = Instant.parse("2027-01-31T18:00:00.120456789Z");
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @Test
  void an_event_is_a_structured_cloud_event() {
    assertThat(written(Map.of("name", "web-01", "macs", List.of("52:54:00:00:00:01")), TRACE))
        .isEqualTo(
            "{\"specversion\":\"1.0\",\"id\":\"0b0f3a52-6f0e-4d67-8f7c-2f9d7a1f3b11\","
                + "\"source\":\"/cetak/hosts/hv1\",\"type\":\"cetak.clone.completed\",\"subject\":\"web-01\","
                + "\"time\":\"2027-01-31T18:00:00.120Z\",\"datacontenttype\":\"application/json\","
                + "\"traceparent\":\""
                + TRACE
                + "\","
                + "\"data\":{\"macs\":[\"52:54:00:00:00:01\"],\"name\":\"web-01\"}}");
  }

  @Test
  void the_kind_of_map_does_not_change_the_bytes() {
    Map<String, Object> linked = new LinkedHashMap<>();
    linked.put("b", Map.of("y", 1, "x", 2));
    linked.put("a", true);
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("x", 2);
    inner.put("y", 1);
    assertThat(written(linked, null))
        .isEqualTo(written(new TreeMap<>(Map.of("a", true, "b", inner)), null));
  }

  @Test
  void what_is_no_trace_context_is_left_out() {
    for (String wrong :
        List.of("", "x", TRACE + "\n", TRACE.replace('4', 'G'), "ff" + TRACE.substring(2))) {
      assertThat(written(Map.of(), wrong)).doesNotContain("traceparent");
    }
  }

  private static String written(Map<String, Object> data, @Nullable String traceparent) {
    Event event = new Event(ID, EventType.CLONE_COMPLETED, "web-01", data);
    return new String(CloudEvents.write(event, "hv1", TIME, traceparent), StandardCharsets.UTF_8);
  }
}
