package id.cetak.preflight;

/** What a finding means for the command, the worst first. */
public enum Severity {
  /** The command would end badly. */
  REFUSED,
  /** It would wait until this passes, and then go on by itself. */
  WAITS,
  /** It would take longer than it could. */
  SLOW,
  /** Nothing that stands in the way. */
  NOTE
}
