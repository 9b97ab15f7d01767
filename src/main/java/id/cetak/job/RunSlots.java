package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/**
 * Whether a run slot is near. Intake waits here, so that the backlog stands in RabbitMQ, where
 * operators see it, and not in the database: at most as many jobs wait for a first run as can run
 * at once.
 */
@ApplicationScoped
class RunSlots {
  private final int slots;
  private int queued;

  RunSlots(CetakConfig config) {
    this.slots = config.run().slots();
  }

  int slots() {
    return slots;
  }

  /**
   * Waits until a slot is near, or the time is over. @throws InterruptedException when the worker
   * stops
   */
  synchronized void awaitRoom(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (queued >= slots) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  synchronized void accepted() {
    queued++;
  }

  /** Sets the number that the database has counted, and lets waiting intake go on. */
  synchronized void counted(int waiting) {
    queued = waiting;
    notifyAll();
  }
}
