package id.cetak.architecture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The states of one thing, as its enum has them.
 *
 * @param type the enum
 * @param next the states that can follow each
 * @param first where it can begin
 */
public record States<E extends Enum<E>>(Class<E> type, Function<E, Set<E>> next, EnumSet<E> first) {
  /** Every pair of states: from, to. */
  public List<Arguments> pairs() {
    E[] all = type.getEnumConstants();
    return Arrays.stream(all)
        .flatMap(from -> Arrays.stream(all).map(to -> Arguments.of(from, to)))
        .toList();
  }

  public Set<String> words() {
    return Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.toSet());
  }

  /**
   * The moves, as a block of Mermaid in Markdown, in the order in which the enum has its states.
   */
  public String diagram() {
    StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n");
    first.forEach(state -> line(diagram, "[*]", state.name()));
    for (E from : type.getEnumConstants()) {
      Set<E> following = next.apply(from);
      following.stream()
          .sorted(Comparator.naturalOrder())
          .forEach(to -> line(diagram, from.name(), to.name()));
      if (following.isEmpty()) {
        line(diagram, from.name(), "[*]");
      }
    }
    return diagram.append("```\n").toString();
  }

  private static void line(StringBuilder diagram, String from, String to) {
    diagram.append("    ").append(from).append(" --> ").append(to).append('\n');
  }
}
