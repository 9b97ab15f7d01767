package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The caller's idempotency key: 1 to 128 characters of {@code A-Za-z0-9._:-}. The commands that
 * Cetak itself makes have the id of the command that they come from with a slash and more behind
 * it, which no caller's id can have; so has what a worker does by itself.
 */
public record CommandId(@JsonValue String value) {
  /** What {@link #isLegal} asks for, as the end of a sentence. */
  static final String RULE = "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -";

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final String START = "start/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern OWN =
      Pattern.compile(
          "[A-Za-z0-9._:-]{1,128}/[0-9]{1,7}(/delete)?"
              + "|[A-Za-z0-9._:-]{1,128}(/[0-9]{1,7})?/verify"
              + ("|" + START + "(/[0-9]{1,7})?"));

  @JsonCreator
  public CommandId {
    if (!isLegal(value) && !OWN.matcher(value).matches()) {
      throw new IllegalArgumentException(RULE);
    }
  }

  /** Whether a caller may give this id. */
  public static boolean isLegal(String value) {
    return LEGAL.matcher(value).matches();
  }

  /** A new id for what a worker does because it has started. */
  public static CommandId ofStart() {
    return new CommandId("start/" + UUID.randomUUID());
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
