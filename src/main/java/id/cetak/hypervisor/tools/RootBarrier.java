package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Trial;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The barrier by {@code cetak-barrier}, the small program that runs as root: it has fixed verbs and
 * takes nothing but a version's id. A job that must stop lets its work end first.
 */
@ApplicationScoped
class RootBarrier implements Barrier {
  /** Of the program: the file system has no immutable flag, and nothing was sealed. */
  private static final int NO_IMMUTABLE_FLAG = 3;

  private static final String BROKEN = " broken:";

  private final BarrierProgram program;
  private final Path sealed;
  private final SealedFiles sealedFiles;
  private final Hypervisor hypervisor;

  RootBarrier(CetakConfig config, ProcessRunner runner, Hypervisor hypervisor) {
    this.program = BarrierProgram.of(config.barrier(), runner);
    this.sealed = config.images().directory().toAbsolutePath().resolve("sealed");
    this.sealedFiles = new SealedFiles(sealed);
    this.hypervisor = hypervisor;
  }

  /**
   * @throws Failure {@code BARRIER_MISSING} when the host cannot have the file layers, {@code
   *     TOOL_FAILED} when the program refused the version's files
   */
  @Override
  public void seal(UUID version) {
    insist("seal", version.toString());
  }

  @Override
  public void unseal(UUID version) {
    insist("unseal", version.toString());
  }

  @Override
  public List<String> faults(UUID version) {
    ToolResult result = program.run("verify", version.toString());
    List<String> faults = brokenLines(result).toList();
    if (result.succeeded() || !faults.isEmpty()) {
      return faults;
    }
    if (result.says("there is no directory")) {
      return List.of(folder(version) + " is not there");
    }
    throw failure("verify " + version, result);
  }

  /**
   * The file layers are those of a tiny sealed version that is kept for this; the hook must refuse
   * to start a domain on it, in its own words.
   *
   * @throws Failure {@code BARRIER_MISSING} when the program cannot be asked
   */
  @Override
  public Set<Layer> missing() {
    ToolResult canary = program.run("canary");
    if (canary.exitCode() == NO_IMMUTABLE_FLAG) {
      // Then it seals nothing at all, and there is nothing to try the hook with.
      return EnumSet.allOf(Layer.class);
    }
    String id = answer(canary, "id=");
    String disk = answer(canary, "disk=");
    if (!canary.succeeded() || id.isEmpty() || disk.isEmpty()) {
      throw failure("canary", canary);
    }
    demandSamePlace(id, Path.of(disk));
    Set<Layer> missing = EnumSet.noneOf(Layer.class);
    brokenLines(program.run("verify", id)).map(RootBarrier::layersOf).forEach(missing::addAll);
    Optional<String> refusal = hypervisor.refusalToStart(CanaryDomain.xml(Path.of(disk)));
    if (refusal.filter(words -> words.contains(CanaryDomain.HOOKS_WORDS)).isEmpty()) {
      missing.add(Layer.HOOK);
    }
    return missing;
  }

  /**
   * @throws Failure {@code BARRIER_MISSING} when the program does not know the verb or cannot be
   *     asked
   */
  @Override
  public List<Trial> tryLayers(UUID version) {
    ToolResult result = program.run("drill", version.toString());
    List<String> lines = result.output().lines().toList();
    if (!result.succeeded() && brokenLines(result).findAny().isEmpty()) {
      throw failure("drill " + version, result);
    }
    List<Trial> trials = new ArrayList<>(LayerTrials.ofFiles(lines));
    try {
      trials.add(new LayerTrials(hypervisor).ofHook(folder(version)));
    } catch (IOException e) {
      throw ToolFailure.of("Look into " + folder(version), folder(version), e);
    }
    return trials;
  }

  @Override
  public Path folder(UUID version) {
    return sealed.resolve(version.toString());
  }

  @Override
  public String fingerprint(Path file) {
    try {
      return Fingerprint.of(file);
    } catch (IOException e) {
      throw ToolFailure.of("Look at " + file, file, e);
    }
  }

  @Override
  public Optional<UUID> sealedDiskOf(String domainXml) {
    try {
      return sealedFiles.ownerOfAny(DomainXml.parse(domainXml));
    } catch (IOException e) {
      throw ToolFailure.of("Comparison of a domain's disks with " + sealed, sealed, e);
    }
  }

  private void demandSamePlace(String id, Path disk) {
    if (!Files.exists(sealed.resolve(id).resolve(String.valueOf(disk.getFileName())))) {
      throw new Failure(
          FailureCode.BARRIER_MISSING,
          "Barrier canary: the program seals in %s, but cetak.images.directory puts versions into %s. Set 'sealed' in barrier.conf to it."
              .formatted(disk.getParent(), sealed));
    }
  }

  private void insist(String verb, String version) {
    ToolResult result = program.run(verb, version);
    if (!result.succeeded()) {
      throw failure(verb + " " + version, result);
    }
  }

  private static Failure failure(String what, ToolResult result) {
    boolean host =
        result.exitCode() == NO_IMMUTABLE_FLAG
            || result.exitCode() >= 126
            || Stream.of(
                    "cetak-barrier install",
                    "usage: cetak-barrier",
                    "CAP_LINUX_IMMUTABLE",
                    "must run as root",
                    "sudo:")
                .anyMatch(result::says);
    return new Failure(
        host ? FailureCode.BARRIER_MISSING : FailureCode.TOOL_FAILED,
        "Barrier %s: %s. See deploy/barrier/README.md.".formatted(what, result.lastWords()));
  }

  private static Stream<String> brokenLines(ToolResult result) {
    return result.output().lines().filter(line -> line.contains(BROKEN));
  }

  private static Set<Layer> layersOf(String brokenLine) {
    return switch (brokenLine.substring(0, brokenLine.indexOf(BROKEN))) {
      case "owner", "mode" -> EnumSet.of(Layer.MODE);
      case "immutable", "immutable-directory" -> EnumSet.of(Layer.IMMUTABLE);
      case "list" -> EnumSet.of(Layer.HOOK);
      default -> EnumSet.allOf(Layer.class);
    };
  }

  private static String answer(ToolResult result, String key) {
    return result
        .output()
        .lines()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElse("");
  }
}
