package id.cetak.outbox;

import id.cetak.app.CetakConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Sends what the outbox holds, for ever; every worker has one, and one at a time in the fleet does
 * the sending.
 */
@ApplicationScoped
class OutboxRelay {
  private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

  /** About as long as a round of another worker takes. */
  private static final Duration LEAST_BUSY_PAUSE = Duration.ofMillis(10);

  private static final Duration PRUNE_EVERY = Duration.ofHours(1);
  private static final Duration MEASURE_EVERY = Duration.ofSeconds(5);

  /** What the metric counts to: an operator needs no more, and the relay must not slow down. */
  private static final int MOST_COUNTED = 10_000;

  private final OutboxRound round;
  private final MessagePublisher publisher;
  private final OutboxStore store;
  private final OutboxSignal signal;
  private final CetakConfig.Outbox settings;
  private final Thread thread = new Thread(this::relayForEver, "outbox-relay");
  private volatile boolean stopping;
  private volatile OutboxStore.Lag lag = new OutboxStore.Lag(0, 0);
  private Duration busyPause = LEAST_BUSY_PAUSE;
  private long pruned = System.nanoTime();
  private long measured = pruned;

  OutboxRelay(
      OutboxRound round,
      MessagePublisher publisher,
      OutboxStore store,
      OutboxSignal signal,
      CetakConfig config,
      MeterRegistry meters) {
    this.round = round;
    this.publisher = publisher;
    this.store = store;
    this.signal = signal;
    this.settings = config.outbox();
    meters.gauge("cetak_outbox_unsent", this, relay -> relay.lag.messages());
    meters.gauge("cetak_outbox_lag_seconds", this, relay -> relay.lag.oldestSeconds());
  }

  void start(@Observes StartupEvent event) {
    thread.start();
  }

  private void relayForEver() {
    while (!stopping) {
      try {
        relayOnce();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warnf("The outbox could not be relayed this time; trying again: %s", e.getMessage());
        pause();
      }
    }
  }

  private void relayOnce() throws InterruptedException {
    switch (publisher.connect() ? round.run() : OutboxRound.Outcome.TROUBLE) {
      case MORE -> busyPause = LEAST_BUSY_PAUSE;
      case IDLE -> {
        busyPause = LEAST_BUSY_PAUSE;
        signal.await(settings.poll());
      }
      case BUSY -> {
        // No signal is awaited: the one for what this worker stored may be used up already.
        TimeUnit.NANOSECONDS.sleep(busyPause.toNanos());
        Duration doubled = busyPause.multipliedBy(2);
        busyPause = doubled.compareTo(settings.poll()) < 0 ? doubled : settings.poll();
      }
      case TROUBLE -> TimeUnit.NANOSECONDS.sleep(AFTER_TROUBLE.toNanos());
    }
    long now = System.nanoTime();
    if (now - measured > MEASURE_EVERY.toNanos()) {
      measured = now;
      lag = store.lag(MOST_COUNTED);
    }
    if (now - pruned > PRUNE_EVERY.toNanos()) {
      pruned = now;
      int rows = store.prune(settings.retention());
      LOG.debugf("Removed %d sent messages", rows);
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(AFTER_TROUBLE.toNanos());
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  /** After the jobs have stopped, so that their last events still leave. */
  void stop(@Observes @Priority(200) ShutdownEvent event) throws InterruptedException {
    stopping = true;
    signal.wake();
    thread.join(settings.confirmTimeout().toMillis());
    thread.interrupt();
  }
}
