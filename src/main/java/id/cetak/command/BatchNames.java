package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of a batch's clones: a pattern that counts, or a list.
 *
 * @param pattern holds one {@code %d} or {@code %03d}; null when there is a list
 * @param list the names; empty when there is a pattern
 * @param hostnames a pattern for what the guests call themselves; null for their names
 * @param first the index of the first clone
 * @param count how many clones
 */
public record BatchNames(
    @Nullable String pattern, List<Name> list, @Nullable String hostnames, int first, int count) {
  /** What a pattern must be, as the end of a sentence. */
  static final String RULE =
      "must be a name with one %d, or %03d and the like, for the clone's number: web-%03d";

  private static final Pattern LEGAL =
      Pattern.compile("([a-z0-9-]{0,62})%(?:0([1-9]))?d([a-z0-9-]{0,62})");

  public BatchNames {
    list = List.copyOf(list);
  }

  /** The last clone's number, counted from {@code first}. */
  @JsonIgnore
  public int last() {
    return first + count - 1;
  }

  /**
   * The name of a clone.
   *
   * @param index from {@code first} to {@link #last}
   */
  public Name name(int index) {
    return pattern == null ? list.get(index - first) : filled(pattern, index);
  }

  /** What the guest of this index calls itself. */
  public Name hostname(int index) {
    return hostnames == null ? name(index) : filled(hostnames, index);
  }

  static boolean isPattern(String text) {
    return LEGAL.matcher(text).matches();
  }

  /**
   * @throws IllegalArgumentException when a number makes it no name
   */
  static Name filled(String pattern, int index) {
    Matcher parts = LEGAL.matcher(pattern);
    if (!parts.matches()) {
      throw new IllegalArgumentException(RULE);
    }
    String digits = Integer.toString(index);
    int width = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
    return new Name(
        parts.group(1)
            + "0".repeat(Math.max(0, width - digits.length()))
            + digits
            + parts.group(3));
  }
}
