package id.cetak.clone;

import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the clone's disk images: overlays on the sealed images, or copies of them. */
class DisksStep implements Step {
  static final String NAME = "disks";

  private final Images images;
  private final CopyNews news;

  DisksStep(Images images, CopyNews news) {
    this.images = images;
    this.news = news;
  }

  /**
   * How the disks of a full clone were copied.
   *
   * @param disks one for each disk that this run of the step copied
   */
  record Copies(List<Copied> disks, long durationMillis) {
    /** As one: the slowest way of any disk, and the bytes of all. */
    Map<String, Object> eventData() {
      Copied slowest = disks.stream().max(Comparator.comparing(Copied::method)).orElseThrow();
      var data = new LinkedHashMap<String, Object>();
      data.put("method", slowest.method().name().toLowerCase(Locale.ROOT));
      if (slowest.reason() != null) {
        data.put("reason", slowest.reason());
      }
      data.put("bytes", disks.stream().mapToLong(Copied::bytes).sum());
      data.put("durationMillis", durationMillis);
      return data;
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean cheap() {
    return true;
  }

  /**
   * An image that is there already is whole, because it gets its name last: it is left, and how it
   * was copied is not known any more.
   *
   * @return {@link Copies} when there are any
   */
  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    var progress = new CopyProgress(run, news);
    List<Copied> copies = new ArrayList<>();
    for (PlannedDisk disk : plan.disks()) {
      run.check();
      switch (plan.disk()) {
        case LINKED ->
            images.overlay(
                disk.image(), disk.sealed(), disk.sealedFormat(), disk.wantedBytes(), run);
        case FULL -> {
          images
              .copy(disk.sealed(), disk.sealedFormat(), disk.image(), disk.wantedBytes(), progress)
              .ifPresent(copies::add);
          progress.diskDone();
        }
      }
    }
    return copies.isEmpty() ? null : new Copies(copies, progress.durationMillis());
  }

  /** The clone's folder goes as a whole, with the halves of files that a crash left. */
  @Override
  public void undo(Run run) {
    run.check();
    images.remove(run.plan(ClonePlan.class).files().folder());
  }
}
