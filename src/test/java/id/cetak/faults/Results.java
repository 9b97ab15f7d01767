package id.cetak.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was played, a line for each episode, written as soon as it has ended: a run that is cut off
 * can go on where it was, and runs of several checkouts can be put together by {@code cat}.
 */
final class Results {
  private static final Path FOLDER = Path.of("target/fault-lab");
  private static final Path FILE = FOLDER.resolve("episodes.tsv");

  /** By the names of the episodes; of one that was played again, the last. */
  private final Map<String, Line> lines = new LinkedHashMap<>();

  private final String commit;

  private Results(String commit) {
    this.commit = commit;
  }

  /**
   * One episode's.
   *
   * @param row of the table that it counts in
   * @param held whether the witnesses found no breach, and every place was reached
   * @param commit of what was played
   */
  private record Line(
      String name, String row, int struck, long recoveryMillis, boolean held, String commit) {
    static Line parse(String text) {
      String[] field = text.split("\t", -1);
      return new Line(
          field[0],
          field[1],
          Integer.parseInt(field[2]),
          Long.parseLong(field[3]),
          Boolean.parseBoolean(field[4]),
          field[5]);
    }

    String text() {
      return String.join(
          "\t",
          name,
          row,
          Integer.toString(struck),
          Long.toString(recoveryMillis),
          Boolean.toString(held),
          commit);
    }
  }

  /**
   * Those of a new run.
   *
   * @param goOn with those of the runs before it
   * @param commit of what is played; {@code -} when nobody knows
   */
  static Results begin(boolean goOn, String commit) {
    Results results = new Results(commit);
    try {
      Files.createDirectories(FOLDER);
      if (!goOn) {
        Files.deleteIfExists(FILE);
      } else if (Files.exists(FILE)) {
        Files.readAllLines(FILE).stream().map(Line::parse).forEach(results::keep);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return results;
  }

  /** Whether an episode of this name was played, and held the last time. */
  boolean hold(String name) {
    Line line = lines.get(name);
    return line != null && line.held();
  }

  /** Writes one down. */
  void add(String name, String row, Episode.Result result) {
    boolean held = result.breaches().isEmpty() && result.struck() == result.episode().hits().size();
    Line line = new Line(name, row, result.struck(), result.recovery().toMillis(), held, commit);
    keep(line);
    try {
      Files.writeString(
          FILE, line.text() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(Line line) {
    lines.put(line.name(), line);
  }

  /**
   * Makes the summary and the table: a row for each command and fault, and one for each seed.
   *
   * @param grid the names of all its episodes
   */
  void write(List<String> grid) {
    Map<String, List<Line>> rows = new TreeMap<>();
    lines
        .values()
        .forEach(line -> rows.computeIfAbsent(line.row(), key -> new ArrayList<>()).add(line));
    StringBuilder table = new StringBuilder(summary(grid));
    table.append(
        """

            | command | fault | episodes | struck | held | recovery p50 | longest |
            | --- | --- | ---: | ---: | ---: | ---: | ---: |
            """);
    rows.forEach((row, itsLines) -> table.append(figures(row, itsLines)));
    table.append(figures("all | ", lines.values()));
    try {
      Files.writeString(FOLDER.resolve("report.md"), table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String summary(List<String> grid) {
    long repeats =
        lines.values().stream()
            .filter(Line::held)
            .mapToLong(line -> line.name().split(" DUPLICATE at ", -1).length - 1)
            .sum();
    long broken = lines.values().stream().filter(line -> !line.held()).count();
    return """
        Of the grid's %d episodes %d were played, and %d by a seed. In all %d faults struck. Of the commands, %d came again on
        their way and were absorbed, %d times in all. %s
        """
        .formatted(
            grid.size(),
            grid.stream().filter(lines::containsKey).count(),
            lines.values().stream().filter(line -> line.row().startsWith("random")).count(),
            lines.values().stream().mapToInt(Line::struck).sum(),
            repeats,
            repeats * WorkerFault.REPEATS,
            broken == 0
                ? "Lost: 0. Doubled: 0."
                : "%d episodes do not hold: look at them.".formatted(broken));
  }

  private static String figures(String row, Collection<Line> lines) {
    List<Line> played = lines.stream().sorted(Comparator.comparing(Line::recoveryMillis)).toList();
    if (played.isEmpty()) {
      return "| %s | 0 | 0 | 0 | | |\n".formatted(row);
    }
    return "| %s | %d | %d | %d | %.1f s | %.1f s |\n"
        .formatted(
            row,
            played.size(),
            played.stream().mapToInt(Line::struck).sum(),
            played.stream().filter(Line::held).count(),
            played.get(played.size() / 2).recoveryMillis() / 1000.0,
            played.get(played.size() - 1).recoveryMillis() / 1000.0);
  }
}
