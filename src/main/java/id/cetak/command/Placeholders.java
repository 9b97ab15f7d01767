package id.cetak.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cloud-init files of a batch may leave open: {@code {{name}}}, {@code {{index}}} and
 * {@code {{ip}}}. What is filled in is made of letters, digits, hyphens, dots and colons only, so
 * it cannot change what the text around it means.
 */
public final class Placeholders {
  /** The words between the braces. */
  public static final List<String> WORDS = List.of("name", "index", "ip");

  // Without spaces: {{ v1.local_hostname }} and the like are cloud-init's own templates.
  private static final Pattern OPEN = Pattern.compile("\\{\\{([A-Za-z0-9_.-]+)}}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9.:-]+");

  private Placeholders() {}

  /**
   * A placeholder that is none of ours; it is probably a typing error.
   *
   * @param meant the word of ours that is like it. Its own is not told: it is a part of the
   *     caller's file, which may be a secret one
   */
  record Unknown(int line, Optional<String> meant) {}

  /** The first placeholder that is none of ours. */
  static Optional<Unknown> unknown(String text) {
    return OPEN.matcher(text)
        .results()
        .filter(found -> !WORDS.contains(found.group(1)))
        .findFirst()
        .map(
            found ->
                new Unknown(
                    1
                        + (int)
                            text.substring(0, found.start()).chars().filter(c -> c == '\n').count(),
                    CallersText.meant(found.group(1), WORDS)));
  }

  static boolean uses(String text, String word) {
    return text.contains("{{" + word + "}}");
  }

  /**
   * The text with its placeholders filled.
   *
   * @throws IllegalArgumentException when a placeholder has no value, or one that could be markup
   */
  public static String fill(String text, Map<String, String> values) {
    Matcher open = OPEN.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (open.find()) {
      String value = values.getOrDefault(open.group(1), "");
      if (!VALUE.matcher(value).matches()) {
        throw new IllegalArgumentException("{{%s}} has no value".formatted(open.group(1)));
      }
      open.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return open.appendTail(filled).toString();
  }
}
