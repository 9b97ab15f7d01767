package id.cetak.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the worker's SQL says of states, read from the text. */
public final class Statements {
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");
  private static final Pattern TABLE = Pattern.compile("^\\s*(?:create|alter)\\s+table\\s+(\\w+)");
  private static final Pattern LIST =
      Pattern.compile("check\\s*\\(\\s*(\\w+)\\s+in\\s*\\(([^)]*)\\)\\s*\\)");
  private static final Pattern MOVE =
      Pattern.compile(
          "set\\s+state = '(\\w+)'.*\\bwhere\\b.*\\bstate (?:= ('\\w+')|in \\(([^)]*)\\))",
          Pattern.DOTALL);

  private Statements() {}

  /**
   * The words that the tables' CHECKs allow, by {@code table.column}, for columns that hold one of
   * a list; of several migrations that give one, the last.
   */
  public static Map<String, Set<String>> allowedWords() {
    Map<String, Set<String>> words = new TreeMap<>();
    for (String statement : migrations().replaceAll("--.*", "").split(";", -1)) {
      Matcher table = TABLE.matcher(statement);
      if (table.find()) {
        LIST.matcher(statement)
            .results()
            .forEach(list -> words.put(table.group(1) + "." + list.group(1), words(list.group(2))));
      }
    }
    return words;
  }

  /** The moves, {@code FROM TO} each, that a store's statements name in full. */
  public static Set<String> movesOf(String store) {
    Set<String> moves = new TreeSet<>();
    for (Source source : Source.below(Path.of("src/main/java"))) {
      if (source.type().equals(store)) {
        for (String text : source.texts()) {
          Matcher move = MOVE.matcher(text);
          if (move.find()) {
            words(move.group(2) == null ? move.group(3) : move.group(2))
                .forEach(from -> moves.add(from + " " + move.group(1)));
          }
        }
      }
    }
    return moves;
  }

  private static Set<String> words(String list) {
    return Stream.of(list.split(",", -1))
        .map(word -> word.strip().replace("'", ""))
        .collect(Collectors.toSet());
  }

  private static String migrations() {
    try (Stream<Path> files = Files.list(MIGRATIONS)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.sorted().toList()) {
        all.append(Files.readString(file)).append(';');
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Migrations in " + MIGRATIONS + " cannot be read", e);
    }
  }
}
