package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Images by qemu-img, cp and the ISO library; a folder that is missing is made. */
@ApplicationScoped
class ImageTools implements Images {
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final CetakConfig.Tools tools;
  private final ProcessRunner runner;
  private final QemuImg qemuImg;

  ImageTools(CetakConfig config, ProcessRunner runner) {
    this.tools = config.tools();
    this.runner = runner;
    this.qemuImg = new QemuImg(tools.qemuImg(), tools.timeout(), runner);
  }

  @Override
  public ImageFacts inspect(Path image, String format, StopSignal stop) {
    return qemuImg.info(image, format, stop).facts();
  }

  /**
   * @throws Failure {@code INVALID} when {@code sizeBytes} is below the backing file's: QEMU would
   *     cut the guest's disk off without a word
   */
  @Override
  public void overlay(
      Path target, Path backing, String backingFormat, long sizeBytes, StopSignal stop) {
    String what = "Overlay " + target + " on " + backing;
    PartFile.make(
        what,
        target,
        stop,
        part -> {
          qemuImg.create(what, part, backing, backingFormat, stop);
          grow(what, part, sizeBytes, stop);
        });
  }

  /**
   * A flat qcow2 is copied as a file, in no time where the file system shares blocks; everything
   * else is converted.
   *
   * @throws Failure {@code INVALID} when {@code sizeBytes} is below the source's, {@code IN_USE}
   *     when a running QEMU writes the source
   */
  @Override
  public void copy(Path source, String format, Path target, long sizeBytes, StopSignal stop) {
    String what = "Copy of " + source + " to " + target;
    PartFile.make(
        what,
        target,
        stop,
        part -> {
          qemuImg.insistOnQuietNamedChain(source, format, stop);
          if (qemuImg.info(source, format, stop).plain()) {
            copyFile(what, source, part, stop);
          } else {
            qemuImg.convert(what, source, format, part, stop);
          }
          grow(what, part, sizeBytes, stop);
        });
  }

  /** Readable for owner and group only: a seed may hold secrets. */
  @Override
  public void seed(Path target, Map<String, String> files, StopSignal stop) {
    String what = "Seed image " + target;
    for (String name : files.keySet()) {
      if (!SeedImage.FILE_NAME.matcher(name).matches()) {
        throw new Failure(FailureCode.INTERNAL, what + ": unfit name " + name + ".");
      }
    }
    PartFile.write(
        what,
        target,
        stop,
        PosixFilePermissions.fromString("rw-r-----"),
        part -> PartFile.writeFully(part, SeedImage.of(files)));
  }

  @Override
  public void duplicate(Path source, Path target) {
    PartFile.make(
        "Copy of " + source + " to " + target,
        target,
        StopSignal.NEVER,
        part -> {
          // Not Files.copy: it would hand down the read-only mode of a sealed file.
          try (InputStream in = Files.newInputStream(source);
              OutputStream out = Files.newOutputStream(part)) {
            in.transferTo(out);
          }
        });
  }

  @Override
  public String digest(Path image, StopSignal stop) {
    try (InputStream in = Files.newInputStream(image)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 20];
      stop.check();
      long asked = System.nanoTime();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
        if (System.nanoTime() - asked > ASK_NANOS) {
          stop.check();
          asked = System.nanoTime();
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw ToolFailure.of("Digest of " + image, image, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public void remove(Path folder) {
    try {
      FolderRemoval.remove(folder);
    } catch (IOException e) {
      throw ToolFailure.of("Removal of " + folder, folder, e);
    }
  }

  @Override
  public long freeBytes(Path path) {
    return ToolFailure.freeBytes(path);
  }

  private void copyFile(String what, Path source, Path part, StopSignal stop) {
    ToolCall call =
        ToolCall.of(what, tools.timeout(), "cp")
            .args("--reflink=auto", "--sparse=always", "--no-target-directory", "--")
            .args(QemuImg.absolute(source), part.toString());
    runner.succeed(call.writing(part), FailureCode.TOOL_FAILED, stop);
  }

  private void grow(String what, Path image, long sizeBytes, StopSignal stop) {
    if (sizeBytes == 0) {
      return;
    }
    long now = qemuImg.info(image, "qcow2", stop).facts().virtualSizeBytes();
    if (sizeBytes < now) {
      throw new Failure(
          FailureCode.INVALID,
          "%s: %d bytes asked for, but the disk has %d and only grows. Ask for more."
              .formatted(what, sizeBytes, now));
    }
    if (sizeBytes > now) {
      qemuImg.resize(what, image, sizeBytes, stop);
    }
  }
}
