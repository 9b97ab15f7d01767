package id.cetak.app;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * What is done again and again, by the monotonic clock. Quarkus's scheduler counts an interval by
 * the wall clock: after a step back of an hour, such as a time server or a resumed machine makes,
 * nothing comes for an hour.
 */
@ApplicationScoped
public class Periodic {
  private static final Logger LOG = Logger.getLogger(Periodic.class);

  /** So many tasks at once; one may read images for minutes. */
  private static final int THREADS = 4;

  private final AtomicInteger threads = new AtomicInteger();
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(
          THREADS, task -> new Thread(task, "periodic-" + threads.incrementAndGet()));

  /**
   * Runs it now, and again when so much time has passed since its end. An error of one run is told
   * of in the log, and the next one comes.
   */
  public void every(Duration pause, Runnable task) {
    untilDone(
        pause,
        () -> {
          task.run();
          return false;
        });
  }

  /** The same until it says that it is done. */
  public void untilDone(Duration pause, BooleanSupplier task) {
    timers.execute(() -> again(pause, task));
  }

  private void again(Duration pause, BooleanSupplier task) {
    boolean done = false;
    try {
      done = run(task);
    } catch (RuntimeException e) {
      LOG.warnf(e, "Something periodic failed, and is done again in %d ms", pause.toMillis());
    } finally {
      if (!done && !timers.isShutdown()) {
        var unused =
            timers.schedule(() -> again(pause, task), pause.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  @ActivateRequestContext
  boolean run(BooleanSupplier task) {
    return task.getAsBoolean();
  }

  void stop(@Observes ShutdownEvent event) {
    timers.shutdownNow();
  }
}
