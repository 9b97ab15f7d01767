package id.cetak.job;

import id.cetak.producer.Sender;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it came from the broker, not yet read.
 *
 * @param sender who sent it, as far as the broker vouches for that
 */
public record Delivery(
    byte[] body,
    Source source,
    @Nullable String messageId,
    @Nullable String correlationId,
    @Nullable String replyTo,
    Map<String, String> headers,
    Sender sender) {

  /** The queue that it came from. */
  public enum Source {
    /** Meant for this host. */
    HOST,
    /** Any worker may take it. */
    ANY,
    /** Small commands that never wait behind clones. */
    CONTROL
  }

  /** The caller's W3C trace context, when the message carries one. */
  public @Nullable String traceparent() {
    return headers.get("traceparent");
  }
}
