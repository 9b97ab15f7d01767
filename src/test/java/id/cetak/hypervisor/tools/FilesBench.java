package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a clone's files cost in this process, beside the tools that make the same. Both sides take
 * turns (A B B A) in one run, so that only their ratio counts. Not a test: run its main as root,
 * with a folder on the disk in question and the size of a full copy in MiB.
 */
final class FilesBench {
  private static final Map<String, String> SEED =
      Map.of(
          "meta-data", "{\n  \"instance-id\": \"i-1\",\n  \"local-hostname\": \"web-1\"\n}\n",
          "user-data", "#cloud-config\n{}\n",
          "network-config", "{}\n");

  private final Path folder;
  private final ImageTools images;
  private int made;

  private FilesBench(Path folder) {
    this.folder = folder;
    this.images = ImageLab.images(folder);
  }

  interface Act {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "bench");
    int sizeMiB = Integer.parseInt(arguments[1]);
    try {
      var bench = new FilesBench(folder);
      bench.smallFiles();
      bench.fullCopy(sizeMiB);
      ImageLab.mounted(
          folder, "xfs", 4 * sizeMiB + 512, mount -> new FilesBench(mount).sharedBlocks(sizeMiB));
    } finally {
      FolderRemoval.remove(folder);
    }
  }

  private void smallFiles() throws Exception {
    Path base = ImageLab.flat(folder.resolve("base.qcow2"), 8);
    var options =
        new String[] {"create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base.toString()};
    Act overlay = () -> images.overlay(next(), base, "qcow2", 0, StopSignal.NEVER);
    Act seed = () -> images.seed(next(), SEED, StopSignal.NEVER);
    Path sample = next();
    images.overlay(sample, base, "qcow2", 0, StopSignal.NEVER);
    for (int n = 0; n < 300; n++) {
      overlay.run();
      seed.run();
    }
    compare("overlay", 100, overlay, () -> plain("qemu-img", options, next()));
    if (ImageLab.has("genisoimage").getAsBoolean()) {
      Path files = Files.createDirectory(folder.resolve("files"));
      for (var file : SEED.entrySet()) {
        Files.writeString(files.resolve(file.getKey()), file.getValue());
      }
      compare(
          "seed",
          100,
          seed,
          () ->
              plain(
                  "genisoimage",
                  new String[] {"-quiet", "-J", "-R", "-V", "CIDATA", "-o", next().toString()},
                  files));
    }
    compare(
        "look at an image",
        100,
        () -> images.inspect(sample, "qcow2", StopSignal.NEVER),
        () -> plain("qemu-img", new String[] {"info", "--output=json", "-f", "qcow2"}, sample));
    compare("all files of a linked clone", 100, this::linkedClone, () -> plain("true"));
  }

  /** Overlay, seed, both looks, and what makes them durable; the other side starts a process. */
  private void linkedClone() {
    Path clone = folder.resolve("clones").resolve(Integer.toString(made++));
    Path disk = clone.resolve("disk-0.qcow2");
    images.overlay(disk, folder.resolve("base.qcow2"), "qcow2", 0, StopSignal.NEVER);
    images.seed(clone.resolve("seed.iso"), SEED, StopSignal.NEVER);
    images.settle(clone);
    images.inspect(disk, "qcow2", StopSignal.NEVER);
  }

  private void fullCopy(int sizeMiB) throws Exception {
    Path source = ImageLab.flat(folder.resolve("full.qcow2"), sizeMiB);
    compare(
        "full copy of " + sizeMiB + " MiB, against cp --sparse=always and sync",
        3,
        () -> copyAway(source),
        () -> cp(source, true));
    compare(
        "full copy of " + sizeMiB + " MiB, against cp --sparse=always that syncs nothing",
        3,
        () -> copyAway(source),
        () -> cp(source, false));
  }

  private void sharedBlocks(int sizeMiB) throws Exception {
    Path source = ImageLab.flat(folder.resolve("full.qcow2"), sizeMiB);
    compare(
        "shared blocks of " + sizeMiB + " MiB on XFS, against cp --sparse=always --reflink=never",
        3,
        () -> copyAway(source),
        () -> cp(source, true));
  }

  private void copyAway(Path source) throws Exception {
    Path target = next();
    images.copy(source, "qcow2", target, 0, CopyWatch.unheard(StopSignal.NEVER));
    Files.delete(target);
  }

  private void cp(Path source, boolean synced) throws Exception {
    Path target = next();
    plain("cp", new String[] {"--sparse=always", "--reflink=never", source.toString()}, target);
    if (synced) {
      plain("sync", new String[0], target);
    }
    Files.delete(target);
  }

  private Path next() {
    return folder.resolve("made-" + made++);
  }

  /** Without what the worker puts around its children, as a shell's loop would start it. */
  private static void plain(String program, String[] options, Path last) throws Exception {
    List<String> command = new ArrayList<>(List.of(program));
    Collections.addAll(command, options);
    command.add(last.toString());
    start(command);
  }

  private static void plain(String program) throws Exception {
    start(List.of(program));
  }

  private static void start(List<String> command) throws Exception {
    int code =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(command + " ended with " + code);
    }
  }

  private static void compare(String what, int rounds, Act ours, Act theirs) throws Exception {
    List<Long> a = new ArrayList<>();
    List<Long> b = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      a.add(nanos(ours));
      b.add(nanos(theirs));
      b.add(nanos(theirs));
      a.add(nanos(ours));
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s, theirs %s: %.2f times as fast%n",
        what,
        figures(a),
        figures(b),
        (double) median(b) / median(a));
  }

  private static long nanos(Act act) throws Exception {
    long start = System.nanoTime();
    act.run();
    return System.nanoTime() - start;
  }

  private static String figures(List<Long> nanos) {
    return String.format(
        Locale.ROOT,
        "%.3f ms (%.3f to %.3f)",
        median(nanos) / 1e6,
        Collections.min(nanos) / 1e6,
        Collections.max(nanos) / 1e6);
  }

  private static long median(List<Long> nanos) {
    return nanos.stream().sorted().toList().get(nanos.size() / 2);
  }
}
