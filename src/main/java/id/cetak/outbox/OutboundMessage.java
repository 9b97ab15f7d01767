package id.cetak.outbox;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it will stand on the wire, byte for byte, however often it is published.
 *
 * @param messageId the event's id, or what the caller's message carried
 * @param orderKey messages of one key are published in the order in which they were stored
 * @param exchange empty for the default exchange, where the routing key is a queue
 * @param mayVanish true when nobody may be listening any more, as with a caller's reply queue:
 *     returned once, dropped
 */
public record OutboundMessage(
    @Nullable String messageId,
    String orderKey,
    String exchange,
    String routingKey,
    String contentType,
    @Nullable String correlationId,
    @Nullable String replyTo,
    Map<String, String> headers,
    byte[] body,
    boolean mayVanish) {}
