package id.cetak.hypervisor;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Images as small text files that say of themselves what an image's header would say. The files lie
 * where the real ones would, so that a test can see what was made and what is left. It writes down
 * every call and fails on request, before or after the effect.
 */
public final class FakeImages implements Images {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Failure> failuresBefore = new ConcurrentHashMap<>();
  private final Map<String, Failure> failuresAfter = new ConcurrentHashMap<>();
  private final Set<Path> inUse = ConcurrentHashMap.newKeySet();
  private volatile long freeBytes = 1L << 40;
  private volatile long totalBytes = 1L << 41;

  // What tests tell it and ask it. None of these counts as a call.

  /** The verbs called so far, in order, such as {@code overlay}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  public void forgetCalls() {
    calls.clear();
  }

  /** The next call of this verb throws, and has no effect. */
  public void failBefore(String verb, Failure failure) {
    failuresBefore.put(verb, failure);
  }

  /** The next call of this verb takes effect, and then throws. */
  public void failAfter(String verb, Failure failure) {
    failuresAfter.put(verb, failure);
  }

  /** A QEMU has the image open, or has no more. */
  public void inUse(Path image, boolean open) {
    if (open) {
      inUse.add(image);
    } else {
      inUse.remove(image);
    }
  }

  public void totalBytes(long bytes) {
    totalBytes = bytes;
  }

  public void freeBytes(long bytes) {
    freeBytes = bytes;
  }

  /** Makes an image that stands alone, as a test's starting point. */
  public void put(Path image, String format, long virtualSizeBytes, long actualSizeBytes) {
    write(image, new ImageFacts(format, virtualSizeBytes, actualSizeBytes, null, null, 0, false));
  }

  /** What a seed made by {@link #seed} holds, by file name. */
  public static Map<String, String> seedFiles(Path seed) {
    Map<String, String> files = new java.util.TreeMap<>();
    properties(seed).forEach((name, text) -> files.put((String) name, (String) text));
    return files;
  }

  // The port.

  @Override
  public ImageFacts inspect(Path image, String format, StopSignal stop) {
    stop.check();
    calls.add("inspect");
    fail(failuresBefore, "inspect");
    return facts(image, format);
  }

  @Override
  public void overlay(
      Path target, Path backing, String backingFormat, long sizeBytes, StopSignal stop) {
    make(
        "overlay",
        target,
        stop,
        () -> {
          long size = grown(facts(backing, backingFormat).virtualSizeBytes(), sizeBytes);
          write(target, new ImageFacts("qcow2", size, 200_000, backing, backingFormat, 0, false));
        });
  }

  @Override
  public Optional<Copied> copy(
      Path source, String format, Path target, long sizeBytes, CopyWatch watch) {
    var copied = new AtomicReference<@Nullable Copied>();
    make(
        "copy",
        target,
        watch,
        () -> {
          ImageFacts from = facts(source, format);
          long size = grown(from.virtualSizeBytes(), sizeBytes);
          write(
              target, new ImageFacts("qcow2", size, from.actualSizeBytes(), null, null, 0, false));
          watch.copied(from.actualSizeBytes(), from.actualSizeBytes());
          copied.set(
              new Copied(Copied.Method.SPARSE, "it shares no blocks", from.actualSizeBytes()));
        });
    return Optional.ofNullable(copied.get());
  }

  @Override
  public Copied wouldCopy(Path source, String format, Path target) {
    calls.add("wouldCopy");
    return new Copied(
        Copied.Method.SPARSE, "it shares no blocks", facts(source, format).actualSizeBytes());
  }

  @Override
  public void replace(Path image, Path by, Runnable stillOff) {
    calls.add("replace");
    fail(failuresBefore, "replace");
    stillOff.run();
    try {
      Files.move(by, image, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(FailureCode.TOOL_FAILED, "Exchange of " + image + ": " + e + ".", e);
    }
    stillOff.run();
    fail(failuresAfter, "replace");
  }

  @Override
  public boolean inUse(Path image) {
    return inUse.contains(image);
  }

  @Override
  public void seed(Path target, Map<String, String> files, StopSignal stop) {
    make(
        "seed",
        target,
        stop,
        () -> {
          var properties = new Properties();
          properties.putAll(files);
          store(target, properties);
        });
  }

  @Override
  public Optional<String> seedFile(Path seed, String name) {
    calls.add("seedFile");
    return Optional.ofNullable(seedFiles(seed).get(name));
  }

  @Override
  public void console(Path log) {
    calls.add("console");
    try {
      if (!Files.exists(log)) {
        Files.createFile(log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void duplicate(Path source, Path target) {
    make(
        "duplicate",
        target,
        StopSignal.NEVER,
        () -> {
          Path part = target.resolveSibling(target.getFileName() + ".part");
          Files.createDirectories(target.getParent());
          Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        });
  }

  @Override
  public void settle(Path folder) {
    calls.add("settle");
    fail(failuresBefore, "settle");
    if (!Files.isDirectory(folder)) {
      throw new Failure(FailureCode.TOOL_FAILED, "Sync of " + folder + ": it is not there.");
    }
  }

  @Override
  public String digest(Path image, StopSignal stop) {
    stop.check();
    calls.add("digest");
    fail(failuresBefore, "digest");
    try {
      byte[] bytes = Files.readAllBytes(image);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new Failure(FailureCode.TOOL_FAILED, "Digest of " + image + ": " + e + ".", e);
    }
  }

  @Override
  public void remove(Path folder) {
    calls.add("remove");
    fail(failuresBefore, "remove");
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    fail(failuresAfter, "remove");
  }

  @Override
  public FreeSpace free(Path path) {
    return new FreeSpace(freeBytes, Long.MAX_VALUE, totalBytes, Long.MAX_VALUE);
  }

  private interface Act {
    void run() throws IOException;
  }

  private void make(String verb, Path target, StopSignal stop, Act act) {
    stop.check();
    calls.add(verb);
    fail(failuresBefore, verb);
    if (!Files.exists(target)) {
      try {
        act.run();
      } catch (IOException e) {
        throw new Failure(FailureCode.TOOL_FAILED, verb + " of " + target + ": " + e + ".", e);
      }
    }
    fail(failuresAfter, verb);
  }

  private static void fail(Map<String, Failure> failures, String verb) {
    Failure failure = failures.remove(verb);
    if (failure != null) {
      throw failure;
    }
  }

  private static long grown(long nowBytes, long wantedBytes) {
    if (wantedBytes != 0 && wantedBytes < nowBytes) {
      throw new Failure(FailureCode.INVALID, "A disk of " + nowBytes + " bytes only grows.");
    }
    return Math.max(nowBytes, wantedBytes);
  }

  private static void write(Path image, ImageFacts facts) {
    var properties = new Properties();
    properties.setProperty("format", facts.format());
    properties.setProperty("virtual", Long.toString(facts.virtualSizeBytes()));
    properties.setProperty("actual", Long.toString(facts.actualSizeBytes()));
    if (facts.backingFile() != null && facts.backingFormat() != null) {
      properties.setProperty("backing", facts.backingFile().toString());
      properties.setProperty("backingFormat", facts.backingFormat());
    }
    store(image, properties);
  }

  private static void store(Path target, Properties properties) {
    try {
      Files.createDirectories(target.getParent());
      Path part = target.resolveSibling(target.getFileName() + ".part");
      try (var out = Files.newOutputStream(part)) {
        properties.store(out, null);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ImageFacts facts(Path image, String format) {
    Properties properties = properties(image);
    if (!format.equals(properties.getProperty("format"))) {
      throw new Failure(FailureCode.TOOL_FAILED, image + " is not a " + format + " image.");
    }
    @Nullable String backing = properties.getProperty("backing");
    return new ImageFacts(
        format,
        Long.parseLong(properties.getProperty("virtual")),
        Long.parseLong(properties.getProperty("actual")),
        backing == null ? null : Path.of(backing),
        properties.getProperty("backingFormat"),
        0,
        false);
  }

  private static Properties properties(Path file) {
    var properties = new Properties();
    try (var in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(FailureCode.TOOL_FAILED, "Image " + file + ": " + e + ".", e);
    }
    return properties;
  }
}
