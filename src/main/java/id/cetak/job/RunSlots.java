package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.IntSupplier;

/**
 * Whether a run slot is near. Intake takes no more than that, so that the backlog stands in
 * RabbitMQ, where operators see it, and not in the database: once no more jobs wait for a first run
 * than can run at once, it fills up to twice as many. So a slot that gets free finds work ready,
 * and commands are accepted several at a time.
 */
@ApplicationScoped
class RunSlots {
  private final int slots;

  /** Never less than what waits of this worker's own accepting: claims are not subtracted. */
  private int queued;

  private boolean full;
  private boolean claimed;
  private volatile Runnable listener = () -> {};

  @Inject
  RunSlots(CetakConfig config) {
    this(config.run().slots());
  }

  RunSlots(int slots) {
    this.slots = slots;
  }

  /** So many jobs wait for a first run at most. */
  int most() {
    return 2 * slots;
  }

  void onClaims(Runnable told) {
    listener = told;
  }

  /**
   * How many jobs may be accepted now.
   *
   * @param count asks how many wait; only called when they were too many, and claims came since
   */
  int room(IntSupplier count) {
    synchronized (this) {
      if (!full) {
        return most() - queued;
      }
      if (!claimed) {
        return 0;
      }
      claimed = false;
    }
    int waiting = count.getAsInt();
    synchronized (this) {
      queued = waiting;
      full = waiting > slots;
      return full ? 0 : most() - waiting;
    }
  }

  synchronized void accepted(int jobs) {
    queued += jobs;
    full = queued >= most();
  }

  /** The engine has looked for jobs: fewer may wait now. */
  void claimed() {
    synchronized (this) {
      claimed = true;
    }
    listener.run();
  }
}
