package id.cetak.outbox;

import id.cetak.app.CetakConfig;
import id.cetak.event.CloudEvents;
import id.cetak.event.Event;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages that must leave if, and only if, the caller's transaction commits. Must be called
 * inside a transaction. The relay is woken right after the commit.
 */
@ApplicationScoped
public class Outbox {
  private static final String EVENTS = "cetak.events";

  private final OutboxStore store;
  private final OutboxSignal signal;
  private final TransactionSynchronizationRegistry transaction;
  private final Clock clock;
  private final String host;

  Outbox(
      OutboxStore store,
      OutboxSignal signal,
      TransactionSynchronizationRegistry transaction,
      Clock clock,
      CetakConfig config) {
    this.store = store;
    this.signal = signal;
    this.transaction = transaction;
    this.clock = clock;
    this.host = config.host();
  }

  /**
   * Whose event it is.
   *
   * @param jobId null when no job stands behind it
   * @param replyTo the caller's reply queue, which gets the event too
   */
  public record Envelope(
      @Nullable UUID jobId,
      @Nullable String correlationId,
      @Nullable String replyTo,
      @Nullable String traceparent) {
    public static final Envelope NOBODY = new Envelope(null, null, null, null);
  }

  /**
   * Publishes an event on {@code cetak.events}, and to the caller's reply queue when there is one.
   */
  public void publish(Event event, Envelope envelope) {
    byte[] body = CloudEvents.write(event, host, clock.instant(), envelope.traceparent());
    Map<String, String> headers = new HashMap<>();
    if (envelope.traceparent() != null) {
      headers.put("traceparent", envelope.traceparent());
    }
    OutboundMessage message =
        new OutboundMessage(
            event.id().toString(),
            event.subject(),
            EVENTS,
            event.type().routingKey(),
            CloudEvents.CONTENT_TYPE,
            envelope.correlationId(),
            null,
            headers,
            body,
            false);
    store.add(envelope.jobId(), message, envelope.replyTo());
    wakeAfterCommit();
  }

  /** Sends any message. */
  public void add(@Nullable UUID jobId, OutboundMessage message) {
    store.add(jobId, message, null);
    wakeAfterCommit();
  }

  /**
   * Publishes a job's terminal event once more, with the same id and bytes, and to this reply
   * queue.
   */
  public void repeat(UUID jobId, @Nullable String replyTo, @Nullable String correlationId) {
    store.repeat(jobId, replyTo, correlationId);
    wakeAfterCommit();
  }

  private void wakeAfterCommit() {
    transaction.registerInterposedSynchronization(
        new jakarta.transaction.Synchronization() {
          @Override
          public void beforeCompletion() {}

          @Override
          public void afterCompletion(int status) {
            if (status == Status.STATUS_COMMITTED) {
              signal.wake();
            }
          }
        });
  }
}
