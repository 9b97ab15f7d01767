package id.cetak.hypervisor.tools;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What was read of a guest: all of {@code /etc}, and the names in a few other places. Keys are
 * absolute guest paths. It is never laid out as files: a guest's names and links are its own.
 *
 * @param filesystems by device, the type that libguestfs tells, such as {@code ext4}
 * @param suspendedSwapFiles swap files that hold a hibernated system
 * @param seedDevice a file system of the guest's own that is labelled as a NoCloud seed; or empty
 */
record GuestTree(
    Map<String, GuestFile> files,
    Map<String, String> filesystems,
    List<String> suspendedSwapFiles,
    String seedDevice) {
  private static final int MAX_LINKS = 8;

  /** Linux has no longer paths. */
  private static final int MAX_PATH = 4096;

  GuestTree {
    files = new TreeMap<>(files);
    filesystems = new TreeMap<>(filesystems);
    suspendedSwapFiles = List.copyOf(suspendedSwapFiles);
  }

  Optional<GuestFile> file(String path) {
    return Optional.ofNullable(files.get(path));
  }

  boolean has(String path) {
    return files.containsKey(path);
  }

  /** The paths that match, in order. */
  List<String> paths(String pattern) {
    Predicate<String> matches = Pattern.compile(pattern).asMatchPredicate();
    return files.keySet().stream().filter(matches).toList();
  }

  /** The paths that match a shell pattern, of which only the star has a meaning. */
  List<String> globbed(String pattern) {
    return paths("\\Q" + pattern.replace("*", "\\E[^/]*\\Q") + "\\E");
  }

  /**
   * The file's text, through links inside the tree.
   *
   * @return empty when there is no such file, or its content was not read
   */
  Optional<String> text(String path) {
    String here = path;
    for (int links = 0; links < MAX_LINKS; links++) {
      GuestFile file = files.get(here);
      if (file == null) {
        return Optional.empty();
      }
      String target = file.linkTarget();
      if (target == null) {
        return Optional.ofNullable(file.text());
      }
      here = resolve(here, target);
    }
    return Optional.empty();
  }

  /**
   * Where a link at this path leads, as an absolute path.
   *
   * @return the target as it is, where no file system can have such a link
   */
  static String resolve(String link, String target) {
    if (link.length() > MAX_PATH || target.length() > MAX_PATH) {
      return target;
    }
    try {
      return Path.of(link).resolveSibling(target).normalize().toString();
    } catch (java.nio.file.InvalidPathException e) {
      return target;
    }
  }
}
