package id.cetak.job;

import java.util.EnumSet;
import java.util.Set;

/** Where a job stands. Only {@link ClaimStore} and {@link JobStore} move it. */
public enum JobState {
  /** Accepted, and waits for a run slot. */
  QUEUED,
  /** A worker has claimed it and renews its lease; when the lease runs out, it is claimed again. */
  RUNNING,
  /** Waits for a template lock, and says for whom. Costs no attempt. */
  PARKED,
  /** An attempt failed in a way that may pass, and waits for the next one. */
  RETRYING,
  /** Will not end well; what was made is being removed, as often as it takes. */
  UNDOING,
  COMPLETED,
  FAILED,
  CANCELLED;

  /**
   * The states that can follow this one; a claim of a job whose lease ran out stays in its state.
   */
  public Set<JobState> next() {
    return switch (this) {
      case QUEUED, PARKED, RETRYING -> EnumSet.of(RUNNING);
      case RUNNING -> EnumSet.of(RUNNING, PARKED, RETRYING, UNDOING, COMPLETED);
      case UNDOING -> EnumSet.of(UNDOING, FAILED, CANCELLED);
      case COMPLETED, FAILED, CANCELLED -> EnumSet.noneOf(JobState.class);
    };
  }

  /** Whether nothing follows. */
  public boolean ended() {
    return next().isEmpty();
  }
}
