package id.cetak.failure;

import org.jspecify.annotations.Nullable;

/**
 * Something failed, with a code for programs and a sentence for people. The sentence says what
 * failed, on which name, why, and what to do next; it goes into events as it is, so it never
 * carries a secret or a stack trace.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final String reason;

  public Failure(FailureCode code, String reason) {
    this(code, reason, null);
  }

  public Failure(FailureCode code, String reason, @Nullable Throwable cause) {
    super(code + ": " + reason, cause);
    this.code = code;
    this.reason = reason;
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
}
