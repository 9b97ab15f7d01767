package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The caller's idempotency key: 1 to 128 characters of {@code A-Za-z0-9._:-}. The commands that
 * Cetak itself makes have the id of the command that they come from with a slash and more behind
 * it, which no caller's id can have.
 */
public record CommandId(@JsonValue String value) {
  /** What {@link #isLegal} asks for, as the end of a sentence. */
  static final String RULE = "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -";

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Pattern MEMBER =
      Pattern.compile(
          "[A-Za-z0-9._:-]{1,128}/[0-9]{1,7}(/delete)?"
              + "|[A-Za-z0-9._:-]{1,128}(/[0-9]{1,7})?/verify");

  @JsonCreator
  public CommandId {
    if (!isLegal(value) && !MEMBER.matcher(value).matches()) {
      throw new IllegalArgumentException(RULE);
    }
  }

  /** Whether a caller may give this id. */
  public static boolean isLegal(String value) {
    return LEGAL.matcher(value).matches();
  }

  /** The id of a batch's clone. */
  public CommandId member(int index) {
    return new CommandId(value + "/" + index);
  }

  /** The id of the removal of what this one made. */
  public CommandId deletion() {
    return new CommandId(value + "/delete");
  }

  /** The id of the verification of what this one made. */
  public CommandId verification() {
    return new CommandId(value + "/verify");
  }

  @Override
  public String toString() {
    return value;
  }
}
