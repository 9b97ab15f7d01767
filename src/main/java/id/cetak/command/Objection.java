package id.cetak.command;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** One thing that is wrong with a message, before it is known whose message it is. */
final class Objection extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String reason;
  private final @Nullable String field;

  Objection(String reason, @Nullable String field) {
    super(reason, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  String reason() {
    return reason;
  }

  @Nullable String field() {
    return field;
  }
}
