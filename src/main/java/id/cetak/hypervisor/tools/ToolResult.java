package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a child said before it ended.
 *
 * @param exitCode 128 and more when a signal ended it
 * @param output the last 64 KiB of its standard output
 * @param errors the last 64 KiB of its standard error
 */
record ToolResult(int exitCode, String output, String errors) {
  private static final int MAX_WORDS = 600;

  /** Progress, and advice on debugging that helps nobody who reads an event. */
  private static final Pattern NOISE =
      Pattern.compile(
          "^\\[ *\\d+\\.\\d+\\].*|^\\([\\d. ]+/100%\\)$|^Do:$|^export LIBGUESTFS.*|^and run the command"
              + " again.*|^http://libguestfs\\.org.*|^If reporting bugs.*|^You can also run"
              + " 'libguestfs-test-tool'.*|^or message to the libguestfs.*|^into a bug report.*"
              + "|^To see full error messages.*|^This usually means.*|^the complete output:$"
              + "|^virt-sysprep -v -x.*");

  /** Where guestfish stands in its script. */
  private static final Pattern SCRIPT_LINE = Pattern.compile("^[^ ]+:\\d+: (?=libguestfs: )");

  boolean succeeded() {
    return exitCode == 0;
  }

  boolean says(String words) {
    return errors.contains(words) || output.contains(words);
  }

  /** The end of what it said, on one line, at most 600 characters, without progress. */
  String lastWords() {
    String words = condensed(errors);
    if (words.isEmpty()) {
      words = condensed(output);
    }
    return words.isEmpty() ? "it said nothing (exit code " + exitCode + ")" : words;
  }

  private static String condensed(String text) {
    List<String> lines = new ArrayList<>();
    for (String raw : text.split("[\r\n]+", -1)) {
      String line = SCRIPT_LINE.matcher(raw.replaceAll("\\p{Cntrl}", " ").strip()).replaceFirst("");
      if (!line.isEmpty() && !NOISE.matcher(line).matches() && !lines.contains(line)) {
        lines.add(line);
      }
    }
    String joined = String.join("; ", lines);
    return joined.length() <= MAX_WORDS
        ? joined
        : "..." + joined.substring(joined.length() - MAX_WORDS + 3);
  }
}
