package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;

/**
 * Repeats a database write while the database is away, for as long as the job's lease can last.
 * Every write given to it is fenced and idempotent, so that a commit whose answer was lost may be
 * tried again.
 */
@ApplicationScoped
class DatabasePatience {
  private final Guard guard;

  DatabasePatience(CetakConfig config) {
    this.guard =
        Guard.create()
            .withDescription("database")
            .withRetry()
            .maxRetries(1_000)
            .maxDuration(config.run().lease().toMillis() * 2 / 3, ChronoUnit.MILLIS)
            .delay(200, ChronoUnit.MILLIS)
            .jitter(100, ChronoUnit.MILLIS)
            .whenException(DatabasePatience::isAway)
            .done()
            .build();
  }

  /**
   * Runs it, again and again while the database is away; at last throws {@code
   * DATABASE_UNAVAILABLE}.
   */
  <T> T call(Callable<T> write, Class<T> type) {
    try {
      return guard.call(write, type);
    } catch (RuntimeException e) {
      throw isAway(e) ? unavailable(e) : e;
    } catch (Exception e) {
      throw unavailable(e);
    }
  }

  private static Failure unavailable(Exception cause) {
    return new Failure(
        FailureCode.DATABASE_UNAVAILABLE,
        "PostgreSQL did not answer for as long as the lease lasts. The job goes on when it is back.",
        cause);
  }

  /**
   * Whether this came from a database that does not answer, rather than from one that says no. A
   * commit whose answer was lost comes as a rollback without a reason of the database's own: what
   * was written is fenced, and may be tried again.
   */
  static boolean isAway(Throwable thrown) {
    boolean away = false;
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return !isAnswer(sql);
      }
      away |= cause instanceof RollbackException || cause instanceof SystemException;
      for (Throwable beside : cause.getSuppressed()) {
        away |= isAway(beside);
      }
    }
    return away;
  }

  // 22 bad data, 23 constraint, 42 bad statement: the database answered, and will say the same
  // again.
  private static boolean isAnswer(SQLException sql) {
    String state = sql.getSQLState();
    return state != null
        && (state.startsWith("22") || state.startsWith("23") || state.startsWith("42"));
  }
}
