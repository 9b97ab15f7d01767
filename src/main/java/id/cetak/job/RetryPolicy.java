package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.failure.FailureKind;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** When a failed attempt is tried again, and when no more. */
@ApplicationScoped
class RetryPolicy {
  private static final int LONGEST_FACTOR = 100;

  private final CetakConfig.RunSettings settings;
  private final RandomGenerator random;

  RetryPolicy(CetakConfig config, RandomGenerator random) {
    this.settings = config.run();
    this.random = random;
  }

  /** Whether this kind of failure is worth another attempt at all. */
  static boolean mayPass(FailureKind kind) {
    return switch (kind) {
      case REJECTED, BUG -> false;
      case CONFLICT, TRANSIENT, EXHAUSTED, UNKNOWN -> true;
    };
  }

  /**
   * What an attempt that failed so costs: waiting for somebody else or for room is bounded by the
   * deadline alone.
   */
  static int cost(FailureKind kind) {
    return switch (kind) {
      case CONFLICT, EXHAUSTED -> 0;
      case TRANSIENT, UNKNOWN, REJECTED, BUG -> 1;
    };
  }

  boolean spent(int failures) {
    return failures >= settings.maxFailures();
  }

  /**
   * The pause before the next attempt: doubled with each failure, with up to half of it again as
   * jitter.
   */
  Duration delay(FailureKind kind, int failures) {
    if (kind == FailureKind.EXHAUSTED) {
      return settings.exhaustedDelay();
    }
    long factor = Math.min(LONGEST_FACTOR, 1L << Math.min(failures, 30));
    long millis = settings.retryDelay().toMillis() * factor;
    return Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
  }
}
