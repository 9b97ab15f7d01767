package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.command.CommandRefused;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.outbox.OutboundMessage;
import id.cetak.outbox.Outbox;
import id.cetak.producer.Sender;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What becomes of a message that is no job: a copy with the reason among the dead letters, and an
 * event for the caller.
 */
@ApplicationScoped
class DeadLetters {
  private final Outbox outbox;
  private final JobMetrics metrics;
  private final String host;

  DeadLetters(Outbox outbox, JobMetrics metrics, CetakConfig config) {
    this.outbox = outbox;
    this.metrics = metrics;
    this.host = config.host();
  }

  /** Must be called inside a transaction. */
  void add(Delivery delivery, CommandRefused refused) {
    String id = refused.id() == null ? delivery.messageId() : refused.id().value();
    Map<String, String> headers = new HashMap<>(delivery.headers());
    headers.put("x-cetak-code", refused.code().name());
    headers.put("x-cetak-reason", refused.reason());
    String producer = delivery.sender().producer();
    headers.remove(Sender.HEADER);
    if (producer != null) {
      headers.put(Sender.HEADER, producer);
    }
    outbox.add(
        null,
        new OutboundMessage(
            delivery.messageId(),
            "dead",
            "cetak.dead",
            "",
            "application/octet-stream",
            delivery.correlationId(),
            delivery.replyTo(),
            headers,
            delivery.body(),
            false));
    Map<String, Object> data = new LinkedHashMap<>();
    if (id != null) {
      data.put("commandId", id);
    }
    data.put("host", host);
    data.put("code", refused.code().name());
    data.put("reason", refused.reason());
    if (producer != null) {
      data.put("producer", producer);
    }
    if (refused.field() != null) {
      data.put("field", refused.field());
    }
    UUID eventId = UUID.randomUUID();
    outbox.publish(
        new Event(eventId, EventType.COMMAND_REJECTED, id == null ? "unknown" : id, data),
        new Outbox.Envelope(
            null,
            delivery.correlationId() == null ? id : delivery.correlationId(),
            delivery.replyTo(),
            delivery.traceparent()));
    metrics.rejected(refused.code());
  }
}
