package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.SelfReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line by which a guest says on its console who it is; the resource {@code guest/say-identity}
 * writes it.
 *
 * <pre>
 *   CETAK-IDENTITY 1 instance-id=ID hostname=NAME machine-id=HEX32|none ssh-host-keys=TYPE:BASE64,...|none
 * </pre>
 *
 * A line of any other form is none, however near it comes.
 */
final class ReportLine {
  private static final int MAX_CHARACTERS = 20_000;

  private static final Pattern LINE =
      Pattern.compile(
          "CETAK-IDENTITY 1 instance-id=([A-Za-z0-9._:-]{1,128}) hostname=([A-Za-z0-9._-]{1,253})"
              + " machine-id=([0-9a-f]{32}|none)"
              + " ssh-host-keys=(none|[a-z0-9-]{1,32}:[A-Za-z0-9+/=]{16,4100}"
              + "(?:,[a-z0-9-]{1,32}:[A-Za-z0-9+/=]{16,4100}){0,7})");

  private ReportLine() {}

  static Optional<SelfReport> read(String text) {
    if (text.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new SelfReport(
            SelfReport.Source.CONSOLE,
            given(line.group(1)),
            line.group(2),
            given(line.group(3)),
            keys(line.group(4))));
  }

  private static @org.jspecify.annotations.Nullable String given(String word) {
    return word.equals("none") ? null : word;
  }

  private static List<String> keys(String list) {
    return list.equals("none")
        ? List.of()
        : Arrays.stream(list.split(",", -1)).map(key -> key.replaceFirst(":", " ")).toList();
  }
}
