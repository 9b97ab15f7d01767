package id.cetak.outbox;

import id.cetak.app.CetakConfig;
import id.cetak.app.FaultPoint;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * One round of the relay: the oldest unsent messages are published in order and marked as sent when
 * the broker has confirmed them. A crash in between publishes them again, with the same ids and
 * bytes. The transaction holds no row locks, only the fleet's relay lock, and lasts at most the
 * confirm time-out.
 */
@ApplicationScoped
class OutboxRound {
  private static final Logger LOG = Logger.getLogger(OutboxRound.class);

  private final OutboxStore store;
  private final MessagePublisher publisher;
  private final FaultPoint faults;
  private final int batch;

  OutboxRound(
      OutboxStore store, MessagePublisher publisher, FaultPoint faults, CetakConfig config) {
    this.store = store;
    this.publisher = publisher;
    this.faults = faults;
    this.batch = config.outbox().batch();
  }

  /** What a round came to. */
  enum Outcome {
    /** Nothing more to send. */
    IDLE,
    /** Another worker relays, and may not see what was stored since it looked. */
    BUSY,
    /** A full batch was sent: there may be more. */
    MORE,
    /** The broker did not confirm everything: wait before the next round. */
    TROUBLE
  }

  @Transactional
  Outcome run() {
    if (!store.lead()) {
      return Outcome.BUSY;
    }
    List<OutboxStore.Stored> next = store.next(batch);
    if (next.isEmpty()) {
      return Outcome.IDLE;
    }
    faults.reached("outbox.round.before-publish");
    List<MessagePublisher.Fate> fates =
        publisher.publish(next.stream().map(OutboxStore.Stored::message).toList());
    faults.reached("outbox.round.after-confirm");
    List<Long> sent = new ArrayList<>();
    List<Long> returned = new ArrayList<>();
    boolean trouble = false;
    for (int i = 0; i < next.size(); i++) {
      OutboxStore.Stored stored = next.get(i);
      switch (fates.get(i)) {
        case CONFIRMED -> sent.add(stored.id());
        case RETURNED -> {
          if (stored.message().mayVanish()) {
            sent.add(stored.id());
          } else {
            returned.add(stored.id());
            LOG.errorf(
                "No queue took message %s for exchange '%s', key '%s'. It is kept and tried again; restore the binding",
                stored.message().messageId(),
                stored.message().exchange(),
                stored.message().routingKey());
          }
        }
        case UNKNOWN -> trouble = true;
      }
    }
    store.sent(sent);
    store.returned(returned);
    if (trouble) {
      return Outcome.TROUBLE;
    }
    return next.size() == batch ? Outcome.MORE : Outcome.IDLE;
  }
}
