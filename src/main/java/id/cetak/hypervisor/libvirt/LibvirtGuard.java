package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What SmallRye Fault Tolerance adds to one kind of call. Only what surely did not happen is tried
 * again, a few times within seconds; the job engine tries again later. A native call cannot be
 * interrupted, so it runs on a thread that it may keep: a caller waits no longer than the limit.
 */
final class LibvirtGuard {
  private final Guard guard;
  private final FailureCode whenLate;
  private final Duration limit;

  /**
   * @param description names the metrics
   * @param limit how long a caller waits for one try
   * @param whenLate what a call that is not done by then is counted as
   */
  LibvirtGuard(String description, Duration limit, FailureCode whenLate, Executor threads) {
    this.limit = limit;
    this.whenLate = whenLate;
    guard =
        Guard.create()
            .withDescription(description)
            .withRetry()
            .maxRetries(3)
            .delay(200, ChronoUnit.MILLIS)
            .jitter(100, ChronoUnit.MILLIS)
            .whenException(LibvirtGuard::isUnavailable)
            .withExponentialBackoff()
            .factor(2)
            .maxDelay(2, ChronoUnit.SECONDS)
            .done()
            .done()
            .withCircuitBreaker()
            .requestVolumeThreshold(8)
            .failureRatio(0.75)
            .delay(2, ChronoUnit.SECONDS)
            .successThreshold(1)
            .when(e -> isUnavailable(e) || e instanceof TimeoutException)
            .done()
            .withTimeout()
            .duration(limit.toMillis(), ChronoUnit.MILLIS)
            .done()
            .withThreadOffload(true)
            .withThreadOffloadExecutor(threads)
            .build();
  }

  /**
   * @param what begins the sentence of a failure that is not the call's own
   * @throws Failure the call's own, or one for a call that was not begun or is late
   */
  <T extends @Nullable Object> T call(String what, Supplier<T> call) {
    Runner runner = new Runner();
    try {
      return guard
          .get(() -> runner.run(call), new TypeLiteral<CompletionStage<T>>() {})
          .toCompletableFuture()
          .get();
    } catch (InterruptedException e) {
      runner.abandon();
      Thread.currentThread().interrupt();
      throw LibvirtErrors.failure(whenLate, what, "the worker stopped waiting for it");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TimeoutException) {
        runner.abandon();
      }
      throw failure(what, e.getCause());
    }
  }

  private RuntimeException failure(String what, @Nullable Throwable cause) {
    if (cause instanceof RejectedExecutionException) {
      return unavailable(what, "all threads for libvirt are busy");
    }
    if (cause instanceof CircuitBreakerOpenException) {
      return unavailable(
          what, "libvirt has not answered for a while and is left alone for seconds");
    }
    if (cause instanceof TimeoutException) {
      return LibvirtErrors.failure(
          whenLate, what, "libvirt did not answer within " + limit.toSeconds() + " s");
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  private static Failure unavailable(String what, String why) {
    return LibvirtErrors.failure(FailureCode.HYPERVISOR_UNAVAILABLE, what, why);
  }

  private static boolean isUnavailable(Throwable failure) {
    return failure instanceof Failure known && known.code() == FailureCode.HYPERVISOR_UNAVAILABLE;
  }

  /**
   * The thread that a call runs on. It is interrupted when nobody waits any more, so that a call
   * that has not been sent to libvirt by then never is.
   */
  private static final class Runner {
    private @Nullable Thread thread;
    private boolean abandoned;

    <T extends @Nullable Object> CompletionStage<T> run(Supplier<T> call) {
      begin();
      try {
        return CompletableFuture.completedStage(call.get());
      } catch (Throwable e) {
        // An Error too: it would end the thread, and its caller would wait for the limit.
        return CompletableFuture.failedStage(e);
      } finally {
        end();
      }
    }

    synchronized void abandon() {
      abandoned = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    private synchronized void begin() {
      thread = Thread.currentThread();
      if (abandoned) {
        thread.interrupt();
      }
    }

    private synchronized void end() {
      thread = null;
    }
  }
}
