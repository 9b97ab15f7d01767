package id.cetak.failure;

/** Texts as they may stand in a log, a header or an event: nothing that an eye cannot see. */
public final class VisibleText {
  private VisibleText() {}

  /** The text with each invisible character as its number, such as <code>\u005Cu202E</code>. */
  public static String of(String text) {
    if (text.codePoints().allMatch(VisibleText::isVisible)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints().forEach(c -> append(shown, c));
    return shown.toString();
  }

  /** The same of the text's beginning: as soon as {@code most} characters stand there, no more. */
  public static String of(String text, int most) {
    StringBuilder shown = new StringBuilder();
    int at = 0;
    while (at < text.length() && shown.length() < most) {
      int c = text.codePointAt(at);
      append(shown, c);
      at += Character.charCount(c);
    }
    return at < text.length() ? shown + "…" : shown.toString();
  }

  private static void append(StringBuilder shown, int codePoint) {
    if (isVisible(codePoint)) {
      shown.appendCodePoint(codePoint);
    } else {
      shown.append("\\u%04X".formatted(codePoint));
    }
  }

  /**
   * False for control and format characters (bidi overrides among them), separators and halves of
   * pairs.
   */
  public static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
