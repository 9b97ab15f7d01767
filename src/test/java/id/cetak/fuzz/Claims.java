package id.cetak.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** What holds of everything that a stranger's bytes lead to. */
public final class Claims {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** For buffers of a fixed size, of which a reader of images has some of 2 MiB. */
  private static final long FIXED_BYTES = 16L << 20;

  private Claims() {}

  /** Something that may fail as it says. */
  public interface Act {
    void run() throws Exception;
  }

  /**
   * Fails with a sentence unless the claim is true.
   *
   * @param of what stands in the sentence in place of each underscore
   */
  public static void hold(boolean claim, String sentence, @Nullable Object... of) {
    if (!claim) {
      String told = sentence;
      for (@Nullable Object each : of) {
        told = told.replaceFirst("_", Matcher.quoteReplacement(String.valueOf(each)));
      }
      throw new AssertionError(told);
    }
  }

  /** A sentence that may stand in a log, a header and an event as it is. */
  public static void printable(String text) {
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      boolean seen =
          switch (Character.getType(c)) {
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
      hold(seen, "U+_ stands unescaped in: _", Integer.toHexString(c), text);
      at += Character.charCount(c);
    }
  }

  /**
   * Runs it, and demands that no more memory was asked for in sum than some bytes for each byte of
   * the input. What the first run loads is not counted: one that takes too much is run once more.
   */
  public static void bounded(int inputBytes, int perByte, Act act) throws Exception {
    long most = FIXED_BYTES + (long) inputBytes * perByte;
    long taken = taken(act);
    if (taken > most) {
      taken = taken(act);
    }
    hold(taken <= most, "_ bytes of input took _ bytes of memory", inputBytes, taken);
  }

  private static long taken(Act act) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    act.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
