package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.FreeSpace;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Images by qemu-img, the ISO library and the kernel; a folder that is missing is made. */
@ApplicationScoped
class ImageTools implements Images {
  private static final Set<PosixFilePermission> SEED_MODE =
      PosixFilePermissions.fromString("rw-r-----");

  private static final Set<PosixFilePermission> CONSOLE_MODE =
      PosixFilePermissions.fromString("rw-rw----");

  private final QemuImg qemuImg;
  private final EmptyOverlays overlays = new EmptyOverlays();
  private final FullCopies fullCopies;

  ImageTools(CetakConfig config, ProcessRunner runner) {
    this.qemuImg = new QemuImg(config.tools().qemuImg(), config.tools().timeout(), runner);
    this.fullCopies = new FullCopies(qemuImg, new CopyPace(config.images().copyBytesPerSecond()));
  }

  /** A qcow2 file is read in this process; what else there is, qemu-img tells. */
  @Override
  public ImageFacts inspect(Path image, String format, StopSignal stop) {
    if (!format.equals("qcow2") || !Files.isRegularFile(image)) {
      return qemuImg.info(image, format, stop).facts();
    }
    stop.check();
    try {
      return Qcow2Header.read(image).facts(image, FileStat.of(image).allocatedBytes());
    } catch (IOException e) {
      throw ToolFailure.of("Look at image " + image, image, e);
    }
  }

  /**
   * Made by qemu-img once for each backing file and size, then from memory.
   *
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
          var key = EmptyOverlays.Key.of(backing, backingFormat, sizeBytes);
          EmptyOverlays.Content known = overlays.find(key);
          if (known == null) {
            qemuImg.create(what, part, backing, backingFormat, stop);
            grow(what, part, sizeBytes, stop);
            overlays.keep(key, part);
          } else {
            PartFile.fill(part, known::writeTo);
          }
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
  public Optional<Copied> copy(
      Path source, String format, Path target, long sizeBytes, CopyWatch watch) {
    String what = "Copy of " + source + " to " + target;
    var copied = new AtomicReference<@Nullable Copied>();
    PartFile.make(
        what,
        target,
        watch,
        part -> {
          copied.set(fullCopies.make(what, source, format, part, watch));
          grow(what, part, sizeBytes, watch);
        });
    return Optional.ofNullable(copied.get());
  }

  @Override
  public Copied wouldCopy(Path source, String format, Path target) {
    try {
      return CopyOutlook.of(source, format, target);
    } catch (IOException e) {
      throw ToolFailure.of("Look at " + source, source, e);
    }
  }

  @Override
  public void replace(Path image, Path by, Runnable stillOff) {
    String what = "Exchange of " + image + " for " + by;
    try (@SuppressWarnings("unused")
        WriteBan ban = new WriteBan(image)) {
      if (Writers.anyOf(image)) {
        throw new Failure(
            FailureCode.IN_USE,
            what + ": a running QEMU holds the image. Tried again when it is free.");
      }
      stillOff.run();
      Files.move(by, image, StandardCopyOption.ATOMIC_MOVE);
      stillOff.run();
    } catch (IOException e) {
      throw ToolFailure.of(what, image, e);
    }
  }

  @Override
  public boolean inUse(Path image) {
    try {
      return Writers.orReadersOf(image);
    } catch (IOException e) {
      throw ToolFailure.of("Look at the users of " + image, image, e);
    }
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
    PartFile.make(
        what,
        target,
        stop,
        part ->
            PartFile.fill(
                part,
                file -> {
                  // Once more, because the process's mask may have taken the group's right.
                  Files.setPosixFilePermissions(part, SEED_MODE);
                  PartFile.writeFully(file, SeedImage.of(files));
                },
                PosixFilePermissions.asFileAttribute(SEED_MODE)));
  }

  @Override
  public Optional<String> seedFile(Path seed, String name) {
    try {
      return SeedContent.read(seed, name);
    } catch (IOException e) {
      throw ToolFailure.of("Look into seed image " + seed, seed, e);
    }
  }

  /**
   * libvirt gives the file to QEMU's user and leaves the mode: the group's right is the worker's.
   */
  @Override
  public void console(Path log) {
    try {
      Files.createFile(log, PosixFilePermissions.asFileAttribute(CONSOLE_MODE));
    } catch (FileAlreadyExistsException e) {
      // An earlier attempt made it.
    } catch (IOException e) {
      throw ToolFailure.of("Console log " + log, log, e);
    }
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
  public void settle(Path folder) {
    try {
      PartFile.settle(folder);
    } catch (IOException e) {
      throw ToolFailure.of("Sync of " + folder, folder, e);
    }
  }

  @Override
  public String digest(Path image, StopSignal stop) {
    return FileDigest.of(image, stop);
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
  public FreeSpace free(Path path) {
    return FileSystemRoom.of(path);
  }

  private void grow(String what, Path image, long sizeBytes, StopSignal stop) {
    if (sizeBytes == 0) {
      return;
    }
    long now = inspect(image, "qcow2", stop).virtualSizeBytes();
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
