package id.cetak.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.runtime.ShutdownEvent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final Periodic periodic = new Periodic();

  @AfterEach
  void stop() {
    periodic.stop(new ShutdownEvent());
  }

  @Test
  void what_fails_comes_again() {
    var runs = new AtomicInteger();
    periodic.every(
        AT_ONCE,
        () -> {
          if (runs.incrementAndGet() % 2 == 1) {
            throw new IllegalStateException("each second run fails");
          }
        });
    await().until(() -> runs.get() > 10);
  }

  @Test
  void what_is_done_does_not_come_again() {
    var runs = new AtomicInteger();
    periodic.untilDone(AT_ONCE, () -> runs.incrementAndGet() == 3);
    var others = new AtomicInteger();
    periodic.every(AT_ONCE, others::incrementAndGet);
    await().until(() -> others.get() > 100);
    assertThat(runs).hasValue(3);
  }

  @Test
  void what_takes_long_is_not_begun_a_second_time_and_holds_up_nothing_else() throws Exception {
    var end = new CountDownLatch(1);
    var begun = new AtomicInteger();
    periodic.every(
        AT_ONCE,
        () -> {
          begun.incrementAndGet();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    var others = new AtomicInteger();
    periodic.every(AT_ONCE, others::incrementAndGet);
    await().until(() -> others.get() > 100);
    assertThat(begun).hasValue(1);
    end.countDown();
    await().until(() -> begun.get() > 1);
  }
}
