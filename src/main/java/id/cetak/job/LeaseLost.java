package id.cetak.job;

import java.util.UUID;

/**
 * This worker does not hold the job any more, or cannot be sure that it does. The attempt stops and
 * touches nothing more: whoever holds the lease next looks at the world and goes on.
 */
final class LeaseLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLost(UUID jobId, int attempt, String why) {
    super("Attempt %d of job %s stops: %s".formatted(attempt, jobId, why));
  }
}
