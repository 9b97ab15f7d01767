package id.cetak.messaging;

import id.cetak.job.Delivery;
import id.cetak.producer.Grants;
import id.cetak.producer.Sender;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a message's properties, which strangers wrote, into what the intake can store. */
final class Deliveries {
  private static final int MAX_HEADERS = 64;
  private static final int MAX_HEADER_LENGTH = 4_096;

  /**
   * Of all of them. A dead letter's headers have to fit into one frame of 128 KiB with what is
   * added to them; what came broken has grown to three times its bytes.
   */
  private static final int MAX_HEADERS_BYTES = 32 << 10;

  private Deliveries() {}

  static Delivery read(
      Delivery.Source source, byte[] body, IncomingRabbitMQMetadata properties, Grants grants) {
    Map<String, String> headers = headers(properties.getHeaders());
    String user = storable(properties.getUserId());
    return new Delivery(
        body,
        source,
        storable(properties.getMessageId()),
        storable(properties.getCorrelationId()),
        storable(properties.getReplyTo()),
        headers,
        grants.sender(
            user,
            properties.getHeaders().containsKey(Sender.HEADER)
                ? headers.getOrDefault(Sender.HEADER, "")
                : null));
  }

  /**
   * PostgreSQL stores no NUL, and AMQP carries no longer one back: such a property is as good as
   * none.
   */
  static @Nullable String storable(Optional<String> property) {
    return property.filter(text -> !text.isEmpty() && isStorable(text)).orElse(null);
  }

  private static boolean isStorable(String text) {
    return text.indexOf('\0') < 0 && AmqpText.isShort(text);
  }

  /** Texts, numbers and truth values of a bearable size; a dead letter keeps them. */
  static Map<String, String> headers(Map<String, Object> headers) {
    Map<String, String> kept = new TreeMap<>();
    int keptBytes = 0;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      Object value = header.getValue();
      String text =
          value instanceof CharSequence || value instanceof Number || value instanceof Boolean
              ? value.toString()
              : "";
      if (!text.isEmpty()
          && text.length() <= MAX_HEADER_LENGTH
          && text.indexOf('\0') < 0
          && isStorable(header.getKey())
          && kept.size() < MAX_HEADERS) {
        int headerBytes = AmqpText.bytes(header.getKey()) + AmqpText.bytes(text);
        if (keptBytes + headerBytes <= MAX_HEADERS_BYTES) {
          kept.put(header.getKey(), text);
          keptBytes += headerBytes;
        }
      }
    }
    return kept;
  }
}
