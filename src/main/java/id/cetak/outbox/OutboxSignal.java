package id.cetak.outbox;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells the relay of this process that something was stored; only a short cut, since the relay also
 * looks by itself.
 */
@ApplicationScoped
class OutboxSignal {
  private final Semaphore stored = new Semaphore(0);

  void wake() {
    if (stored.availablePermits() == 0) {
      stored.release();
    }
  }

  void await(Duration atMost) throws InterruptedException {
    if (stored.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      stored.drainPermits();
    }
  }
}
