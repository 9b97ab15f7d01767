package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** The caller's idempotency key: 1 to 128 characters of {@code A-Za-z0-9._:-}. */
public record CommandId(@JsonValue String value) {
  /** What {@link #isLegal} asks for, as the end of a sentence. */
  static final String RULE = "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -";

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @JsonCreator
  public CommandId {
    if (!isLegal(value)) {
      throw new IllegalArgumentException(RULE);
    }
  }

  public static boolean isLegal(String value) {
    return LEGAL.matcher(value).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
