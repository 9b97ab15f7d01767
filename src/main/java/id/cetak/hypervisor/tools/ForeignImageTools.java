package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.app.ImportSettings;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Strangers' images by the kernel, in-process reading and a confined qemu-img. The file in the
 * import folder is held open from the first look at it to the end of its copying; what stands under
 * its name meanwhile does not matter.
 */
@ApplicationScoped
class ForeignImageTools implements ForeignImages {
  private final ImportSettings settings;
  private final Path folder;
  private final ConfinedQemuImg qemuImg;
  private final CopyPace pace;

  ForeignImageTools(CetakConfig config, ProcessRunner runner) {
    this.settings = config.imports();
    this.folder =
        settings.directory().orElseGet(() -> config.images().directory().resolve("import"));
    this.qemuImg = new ConfinedQemuImg(config.tools(), runner);
    this.pace = new CopyPace(config.images().copyBytesPerSecond());
  }

  @Override
  public Kind look(String name) {
    return judged(
        name,
        () -> {
          try (ForeignFile file = open(name)) {
            return ForeignHeader.read(file.path(), settings.maxVirtualBytes());
          }
        });
  }

  @Override
  public boolean has(String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public String fetch(String name, Path target, CopyWatch watch) {
    PartFile.make(
        "Copy of image '" + name + "' to " + target,
        target,
        watch,
        part -> judged(name, () -> copy(name, part, watch)));
    return FileDigest.of(target, watch);
  }

  private Void copy(String name, Path part, CopyWatch watch) throws IOException, Unfit {
    try (ForeignFile file = open(name)) {
      PartFile.fill(part, empty -> {});
      if (SharedBlocks.share(file.path(), part).isPresent()) {
        new SparseCopy(file.path(), pace, watch).into(part);
      }
      Unfit.when(
          !file.isUnchanged(),
          "it was changed while it was copied. Leave it alone and send the command again under a new id");
      return null;
    }
  }

  @Override
  public Kind examine(String name, Path copy, StopSignal stop) {
    return judged(
        name,
        () -> {
          Kind kind = ForeignHeader.read(copy, settings.maxVirtualBytes());
          if (kind.format().equals("qcow2")) {
            qemuImg.check(copy, stop);
          }
          return kind;
        });
  }

  @Override
  public void rewrite(String name, Path copy, Kind kind, Path target, CopyWatch watch) {
    PartFile.make(
        "Conversion of " + copy + " to " + target,
        target,
        watch,
        part -> judged(name, () -> convert(copy, kind, part, watch)));
  }

  private Void convert(Path copy, Kind kind, Path part, CopyWatch watch) throws Unfit {
    qemuImg.convert(copy, kind, part, watch);
    return null;
  }

  private ForeignFile open(String name) throws IOException, Unfit {
    ForeignFile file = ForeignFile.open(folder, name);
    try {
      Unfit.when(
          file.sizeBytes() > settings.maxFileBytes(),
          "it has %d bytes, more than the %d that are allowed"
              .formatted(file.sizeBytes(), settings.maxFileBytes()));
      return file;
    } catch (Unfit e) {
      file.close();
      throw e;
    }
  }

  /** What is done with a stranger's image. */
  @FunctionalInterface
  private interface Deed<T> {
    T done() throws IOException, Unfit;
  }

  private static <T> T judged(String name, Deed<T> deed) {
    try {
      return deed.done();
    } catch (Unfit e) {
      throw new Failure(
          FailureCode.IMAGE_UNFIT, "Image '%s' is not imported: %s.".formatted(name, e.why()));
    } catch (IOException e) {
      throw ToolFailure.of("Import of image '" + name + "'", Path.of("/"), e);
    }
  }
}
