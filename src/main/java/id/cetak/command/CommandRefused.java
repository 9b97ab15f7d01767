package id.cetak.command;

import id.cetak.failure.FailureCode;
import org.jspecify.annotations.Nullable;

/**
 * A message that will not become a job. It goes to the dead letters, and {@code command.rejected}
 * says why.
 */
public final class CommandRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;
  private final String reason;
  private final @Nullable String field;
  private final transient @Nullable CommandId id;

  public CommandRefused(
      FailureCode code, String reason, @Nullable String field, @Nullable CommandId id) {
    super(code + ": " + reason);
    this.code = code;
    this.reason = reason;
    this.field = field;
    this.id = id;
  }

  public FailureCode code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /** The field at fault, where one is. */
  public @Nullable String field() {
    return field;
  }

  /** The command's id, where the message had a usable one. */
  public @Nullable CommandId id() {
    return id;
  }
}
