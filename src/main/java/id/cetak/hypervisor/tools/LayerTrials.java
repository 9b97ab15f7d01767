package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.Barrier.Layer;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Trial;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what the root program tried of a version's files, and tries the hook on each of them. */
final class LayerTrials {
  private static final String BROKEN = " broken:";

  private static final Map<Layer, String> WELL =
      Map.of(
          Layer.MODE,
              "QEMU's user was refused to open each file for writing, by its mode alone too",
          Layer.IMMUTABLE,
              "root was refused to open each file for writing and to make a name in the folder");

  private final Hypervisor hypervisor;

  LayerTrials(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  /** The two layers of files, by the program's lines. */
  static List<Trial> ofFiles(List<String> lines) {
    return List.of(
        ofLines(Layer.MODE, Set.of("mode"), lines),
        ofLines(Layer.IMMUTABLE, Set.of("immutable", "immutable-directory"), lines));
  }

  private static Trial ofLines(Layer layer, Set<String> words, List<String> lines) {
    List<String> mine =
        lines.stream().filter(line -> words.contains(line.split(" ", 2)[0])).toList();
    String broken =
        mine.stream()
            .filter(line -> line.contains(BROKEN))
            .map(line -> line.substring(line.indexOf(BROKEN) + BROKEN.length()).strip())
            .collect(Collectors.joining("; "));
    if (mine.size() < words.size()) {
      return new Trial(layer, false, "it could not be tried");
    }
    return broken.isEmpty()
        ? new Trial(layer, true, String.valueOf(WELL.get(layer)))
        : new Trial(layer, false, broken);
  }

  /** Each of the files as the top disk of a domain: the hook must refuse it in its own words. */
  Trial ofHook(Path folder) throws IOException {
    List<String> passed = new ArrayList<>();
    String refusal = "";
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{qcow2,fd}")) {
      for (Path file : files) {
        String format = file.toString().endsWith(".qcow2") ? "qcow2" : "raw";
        Optional<String> words = hypervisor.refusalToStart(DrillDomain.xml(file, format));
        if (words.filter(said -> said.contains(CanaryDomain.HOOKS_WORDS)).isPresent()) {
          refusal = words.get();
        } else {
          passed.add(
              "a domain on %s was not refused by the hook (libvirt: %s)"
                  .formatted(file.getFileName(), words.orElse("it started, and was destroyed")));
        }
      }
    }
    return passed.isEmpty() && !refusal.isEmpty()
        ? new Trial(Layer.HOOK, true, refusal)
        : new Trial(
            Layer.HOOK,
            false,
            passed.isEmpty() ? "there is no file to try it with" : String.join("; ", passed));
  }
}
