package id.cetak.engine;

import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.FreeSpace;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Notices when effects of a seal and of a clone, or of two seals, lie over one another in time. */
public final class Overlaps implements Images {
  private static final Duration EFFECT = Duration.ofMillis(3);

  private final Images images;
  private final AtomicInteger sealing = new AtomicInteger();
  private final AtomicInteger cloning = new AtomicInteger();
  private final List<String> found = new CopyOnWriteArrayList<>();
  private final AtomicInteger effects = new AtomicInteger();

  Overlaps(Images images) {
    this.images = images;
  }

  public List<String> found() {
    return List.copyOf(found);
  }

  public int effects() {
    return effects.get();
  }

  private void during(Path target, Runnable effect) {
    boolean clone = target.toString().contains("/clones/");
    AtomicInteger mine = clone ? cloning : sealing;
    int mineNow = mine.incrementAndGet();
    try {
      effects.incrementAndGet();
      if (!clone && (mineNow > 1 || cloning.get() > 0)) {
        found.add("a seal beside " + (mineNow - 1) + " seals and " + cloning.get() + " clones");
      }
      if (clone && sealing.get() > 0) {
        found.add("a clone beside a seal");
      }
      effect.run();
      LockSupport.parkNanos(EFFECT.toNanos());
    } finally {
      mine.decrementAndGet();
    }
  }

  @Override
  public ImageFacts inspect(Path image, String format, StopSignal stop) {
    return images.inspect(image, format, stop);
  }

  @Override
  public void overlay(Path target, Path backing, String backingFormat, long size, StopSignal stop) {
    during(target, () -> images.overlay(target, backing, backingFormat, size, stop));
  }

  @Override
  public Optional<Copied> copy(
      Path source, String format, Path target, long size, CopyWatch watch) {
    var copied = new AtomicReference<Optional<Copied>>(Optional.empty());
    during(target, () -> copied.set(images.copy(source, format, target, size, watch)));
    return copied.get();
  }

  @Override
  public Copied wouldCopy(Path source, String format, Path target) {
    return images.wouldCopy(source, format, target);
  }

  @Override
  public void seed(Path target, Map<String, String> files, StopSignal stop) {
    during(target, () -> images.seed(target, files, stop));
  }

  @Override
  public Optional<String> seedFile(Path seed, String name) {
    return images.seedFile(seed, name);
  }

  @Override
  public void console(Path log) {
    images.console(log);
  }

  @Override
  public void replace(Path image, Path by, Runnable stillOff) {
    images.replace(image, by, stillOff);
  }

  @Override
  public boolean inUse(Path image) {
    return images.inUse(image);
  }

  @Override
  public void duplicate(Path source, Path target) {
    images.duplicate(source, target);
  }

  @Override
  public String digest(Path image, StopSignal stop) {
    return images.digest(image, stop);
  }

  @Override
  public void remove(Path folder) {
    images.remove(folder);
  }

  @Override
  public void settle(Path folder) {
    images.settle(folder);
  }

  @Override
  public FreeSpace free(Path path) {
    return images.free(path);
  }
}
