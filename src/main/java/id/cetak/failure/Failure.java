package id.cetak.failure;

import org.jspecify.annotations.Nullable;

/**
 * Something failed, with a code for programs and a sentence for people. The sentence says what
 * failed, on which name, why, and what to do next; it goes into events as it is, so it never
 * carries a secret or a stack trace; what is invisible in the name of a file, a domain or in a
 * tool's words stands there as {@link VisibleText} has it.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final String reason;
  private final String remedy;

  public Failure(FailureCode code, String reason) {
    this(code, reason, null);
  }

  public Failure(FailureCode code, String reason, @Nullable Throwable cause) {
    this(code, reason, "", cause);
  }

  private Failure(FailureCode code, String reason, String remedy, @Nullable Throwable cause) {
    super(code + ": " + VisibleText.of(reason), cause);
    this.code = code;
    this.reason = VisibleText.of(reason);
    this.remedy = VisibleText.of(remedy);
  }

  /**
   * A failure whose sentence on what to do is wanted by itself too.
   *
   * @param problem one sentence or more
   * @param remedy likewise; stands behind the problem in the reason
   */
  public static Failure of(FailureCode code, String problem, String remedy) {
    return new Failure(code, (problem + " " + remedy).strip(), remedy, null);
  }

  public FailureCode code() {
    return code;
  }

  public FailureKind kind() {
    return code.kind();
  }

  public String reason() {
    return reason;
  }

  /** What to do next, by itself; empty when only the reason says so. */
  public String remedy() {
    return remedy;
  }

  /** The reason without what to do next, where that is known by itself. */
  public String problem() {
    return reason.substring(0, reason.length() - remedy.length()).strip();
  }
}
