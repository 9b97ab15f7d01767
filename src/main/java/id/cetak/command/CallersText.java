package id.cetak.command;

import id.cetak.failure.VisibleText;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** What may be said about a text that a stranger wrote. */
final class CallersText {
  private static final int MAX_SHOWN = 80;
  private static final int MAX_SPELLED = 40;

  private CallersText() {}

  /**
   * The text in quotes as it may stand in a log, a header or an event: short, on one line, and with
   * nothing in it that an eye cannot see.
   */
  static String quoted(String text) {
    return "'" + shown(text) + "'";
  }

  static String shown(String text) {
    return shown(text, MAX_SHOWN);
  }

  static String shown(String text, int most) {
    return VisibleText.of(text, most);
  }

  /** The known word that was probably meant. */
  static Optional<String> meant(String word, Collection<String> known) {
    if (word.length() > MAX_SPELLED) {
      return Optional.empty();
    }
    String plain = plain(word);
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      int distance = distance(plain, plain(candidate));
      if (distance < bestDistance && distance <= (candidate.length() < 4 ? 1 : 2)) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return Optional.ofNullable(best);
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Letters to insert, drop or exchange on the way from one word to the other (Levenshtein). */
  private static int distance(String from, String to) {
    int[] above = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int exchanged = above[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(exchanged, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[to.length()];
  }
}
