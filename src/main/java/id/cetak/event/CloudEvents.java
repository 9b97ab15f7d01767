package id.cetak.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events in their form on the wire: CloudEvents 1.0, structured JSON. */
public final class CloudEvents {
  /** The AMQP {@code content_type} of every event. */
  public static final String CONTENT_TYPE = "application/cloudevents+json";

  // Always three digits, so that a time reads the same after a database has kept it.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private CloudEvents() {}

  /**
   * The event as bytes: the same bytes for the same arguments, whatever kind of map its data is in.
   *
   * @param host the host that says so; becomes {@code source}
   * @param time when it happened, kept to the millisecond
   * @param traceparent the caller's W3C trace context; left out when it is not one
   */
  public static byte[] write(Event event, String host, Instant time, @Nullable String traceparent) {
    ObjectNode envelope = JSON.createObjectNode();
    envelope.put("specversion", "1.0");
    envelope.put("id", event.id().toString());
    envelope.put("source", "/cetak/hosts/" + host);
    envelope.put("type", event.type().cloudEventsType());
    if (!event.subject().isEmpty()) {
      envelope.put("subject", event.subject());
    }
    envelope.put("time", TIME.format(time));
    envelope.put("datacontenttype", "application/json");
    if (traceparent != null && TRACEPARENT.matcher(traceparent).matches()) {
      envelope.put("traceparent", traceparent);
    }
    envelope.set("data", JSON.valueToTree(event.data()));
    try {
      return JSON.writeValueAsBytes(envelope);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Event %s %s cannot be written as JSON".formatted(event.type(), event.id()), e);
    }
  }
}
