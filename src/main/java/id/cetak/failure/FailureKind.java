package id.cetak.failure;

/**
 * Who must act on a failure, and whether trying again can help. Retries and dashboards hang on
 * this, never on a text.
 */
public enum FailureKind {
  /** The caller must change the command. Never retried. */
  REJECTED,
  /** Somebody else holds what the job needs. The job is parked and goes on when it is free. */
  CONFLICT,
  /** Likely to pass by itself. Retried with growing delay, a bounded number of times. */
  TRANSIENT,
  /**
   * Space or another resource has run out. Retried slowly until the job's deadline; an operator
   * should look.
   */
  EXHAUSTED,
  /** It may or may not have happened. The step is run again and looks before it acts. */
  UNKNOWN,
  /** Cetak contradicts itself. Never retried; please report it. */
  BUG
}
