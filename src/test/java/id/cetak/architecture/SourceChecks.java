package id.cetak.architecture;

import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What stands in the sources and not in the class files: statements in SQL, and sizes. */
public final class SourceChecks {
  private static final Pattern CHANGE =
      Pattern.compile(
          "\\binsert\\s+into\\s+\\w+\\s*(\\(|select\\b|values\\b)"
              + "|\\bupdate\\s+\\w+\\s+(\\w+\\s+)?set\\s"
              + "|\\bdelete\\s+from\\s+\\w+\\s*($|where\\b|using\\b|returning\\b)");

  private SourceChecks() {}

  /** Statements that set the column {@code state} of a table, or remove its rows. */
  public static Check onlyMoverOf(String table, Set<String> movers) {
    Pattern move =
        Pattern.compile(
            ("update\\s+%1$s\\b(?:\\s+(?:as\\s+)?(?!set\\b)\\w+)?\\s+set\\b"
                    + "(?:(?!\\b(?:where|from|returning)\\b).)*?(?<![\\w.])state\\s*="
                    + "|delete\\s+from\\s+%1$s\\b")
                .formatted(table),
            Pattern.DOTALL);
    return statements(source -> !movers.contains(source), move);
  }

  /** Statements that make rows of a table. */
  public static Check onlyMakerOf(String table, Set<String> makers) {
    return statements(
        source -> !makers.contains(source), Pattern.compile("insert\\s+into\\s+" + table + "\\b"));
  }

  /** Statements that change anything. */
  public static Check onlyChangedBy(Predicate<String> stores) {
    return statements(stores.negate(), CHANGE);
  }

  private static Check statements(Predicate<String> files, Pattern guilty) {
    return code ->
        code.sources().stream()
            .filter(source -> files.test(source.type()))
            .flatMap(
                source ->
                    source.texts().stream()
                        .filter(text -> guilty.matcher(text.toLowerCase(Locale.ROOT)).find())
                        .map(text -> source.type() + ": " + text.strip()))
            .toList();
  }

  /** The largest that is allowed of each. */
  public record Sizes(int fileLines, int methodLines, int parameters, int constructorParameters) {}

  /** No file, method or list of parameters is larger than this. */
  public static Check sizes(Sizes most) {
    return code -> code.sources().stream().flatMap(source -> tooLarge(source, most)).toList();
  }

  private static Stream<String> tooLarge(Source source, Sizes most) {
    Stream<String> file =
        source.lines() > most.fileLines()
            ? Stream.of("%s has %d lines".formatted(source.type(), source.lines()))
            : Stream.of();
    Stream<String> methods =
        source.methods().stream()
            .filter(method -> tooLarge(method, most))
            .map(method -> source.type() + ": " + method);
    return Stream.concat(file, methods);
  }

  private static boolean tooLarge(Source.Method method, Sizes most) {
    return method.lines() > most.methodLines()
        || method.parameters()
            > (method.constructor() ? most.constructorParameters() : most.parameters());
  }
}
