package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a template, a clone or a guest's host name: one DNS label in lower case, 1 to 63
 * characters.
 */
public record Name(@JsonValue String value) {
  private static final Pattern LEGAL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** Whether this can be a name. */
  public static boolean isLegal(String value) {
    return LEGAL.matcher(value).matches();
  }

  @JsonCreator
  public Name {
    if (!isLegal(value)) {
      throw new IllegalArgumentException(
          "must be 1 to 63 characters of a-z 0-9 - and neither begin nor end with a hyphen");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
