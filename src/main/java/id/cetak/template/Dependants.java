package id.cetak.template;

import java.util.List;
import java.util.stream.Collectors;

/** Tells what was made from a version; kept by whoever makes it, on all hosts. */
public interface Dependants {
  /** Everything that was cast from the version and still exists, by name. */
  List<Dependant> castFrom(String template, int version);

  /** For a sentence: how many, and the first few by name and host. */
  static String sentence(List<Dependant> dependants) {
    int shown = 5;
    String names =
        dependants.stream()
            .limit(shown)
            .map(
                d ->
                    d.isForeign()
                        ? "domain '%s' on %s, disk %s".formatted(d.name(), d.host(), d.file())
                        : "clone %s on %s".formatted(d.name(), d.host()))
            .collect(Collectors.joining(", "));
    int more = dependants.size() - shown;
    return more > 0 ? names + " and %d more".formatted(more) : names;
  }
}
