package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds what would make a clone's cloud-init overlook its own seed: another data source, a seed
 * named in the configuration, a cache that is trusted for ever. Reads the few lines that matter,
 * not YAML as a whole; of files that set the same thing the last one counts, as in cloud-init.
 */
final class CloudInitPins {
  /** Whose content is judged. */
  static final String PLACES = "/etc/(cloud/.+|default/grub(\\.d/.+)?|kernel/cmdline)";

  private static final Pattern KEY = Pattern.compile("['\"]?([A-Za-z_]+)['\"]?\\s*:(.*)");
  // Guests' texts: none of these reads a character more than a few times.
  static final Pattern SEED_KEY =
      Pattern.compile("\\b(seedfrom|meta-data|user-data|fs_label)\\b['\"]?\\s*:");
  private static final Pattern NO_CLOUD = Pattern.compile("\\bNoCloud\\b");
  static final Pattern IDENTIFY =
      Pattern.compile("(?m)^[\\s&&[^\\r\\n]]*+(datasource|policy)\\s*+:\\s*+(\\S+)");
  static final Pattern KERNEL =
      Pattern.compile("(?md)^[^#\\n]*\\b((?:ci\\.)?ds=[^\\s\"']+|cloud-init=disabled)");

  private static final Set<String> TRUE =
      Set.of("true", "True", "TRUE", "yes", "Yes", "on", "On", "1");

  private final GuestTree guest;

  CloudInitPins(GuestTree guest) {
    this.guest = guest;
  }

  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (!guest.has("/usr/bin/cloud-init")) {
      return faults;
    }
    List<String> files =
        Stream.concat(
                guest.paths("/etc/cloud/cloud\\.cfg").stream(),
                guest.paths("/etc/cloud/cloud\\.cfg\\.d/[^/]+\\.cfg").stream())
            .toList();
    Optional<String> listFault = Optional.empty();
    for (String path : files) {
      Optional<String> text = guest.text(path);
      if (text.isEmpty()) {
        faults.add(path + " could not be read");
        continue;
      }
      Map<String, String> sections = sections(text.get());
      String list = sections.get("datasource_list");
      if (list != null) {
        listFault = withoutNoCloud(path, list);
      }
      String section = sections.getOrDefault("datasource", "");
      if (NO_CLOUD.matcher(section).find() && SEED_KEY.matcher(section).find()) {
        faults.add(path + " names a seed of its own");
      }
      if (TRUE.contains(sections.getOrDefault("manual_cache_clean", "").strip())) {
        faults.add(path + " sets manual_cache_clean");
      }
    }
    listFault.ifPresent(faults::add);
    identify(faults);
    kernel(faults);
    return faults;
  }

  private static Optional<String> withoutNoCloud(String path, String list) {
    String plain = list.replaceAll("['\"\\s]+", " ").strip();
    return NO_CLOUD.matcher(plain).find()
        ? Optional.empty()
        : Optional.of(path + " leaves NoCloud out: " + plain);
  }

  /** What follows each top-level key, without comments; the last of equal keys. */
  private static Map<String, String> sections(String yaml) {
    Map<String, StringBuilder> sections = new HashMap<>();
    StringBuilder section = new StringBuilder();
    for (String line : yaml.lines().toList()) {
      String bare = line.replaceAll("(^|\\s)#.*", "");
      Matcher key = KEY.matcher(bare);
      if (key.matches()) {
        section = new StringBuilder(key.group(2));
        sections.put(key.group(1), section);
      } else {
        section.append('\n').append(bare);
      }
    }
    Map<String, String> texts = new HashMap<>();
    sections.forEach((key, text) -> texts.put(key, text.toString()));
    return texts;
  }

  private void identify(List<String> faults) {
    guest
        .text("/etc/cloud/ds-identify.cfg")
        .ifPresent(
            text -> {
              Matcher match = IDENTIFY.matcher(text);
              while (match.find()) {
                boolean harmless =
                    match.group(1).equals("datasource")
                        ? match.group(2).equals("NoCloud")
                        : !match.group(2).startsWith("disabled");
                if (!harmless) {
                  faults.add("/etc/cloud/ds-identify.cfg says " + match.group());
                }
              }
            });
  }

  private void kernel(List<String> faults) {
    for (String path : guest.paths("/etc/(default/grub(\\.d/.+)?|kernel/cmdline)")) {
      guest
          .text(path)
          .ifPresent(
              text -> {
                Matcher match = KERNEL.matcher(text);
                while (match.find()) {
                  faults.add(path + " gives the kernel " + match.group(1));
                }
              });
    }
  }
}
