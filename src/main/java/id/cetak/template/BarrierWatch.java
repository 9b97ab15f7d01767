package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.app.Periodic;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Proves the barrier with a canary at start and on a schedule, and reads every sealed image in full
 * now and then.
 */
@ApplicationScoped
public class BarrierWatch {
  private static final Logger LOG = Logger.getLogger(BarrierWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(3);
  private static final Duration LOOK_FOR_DUE_DIGESTS = Duration.ofMinutes(5);

  private final Barrier barrier;
  private final Versions versions;
  private final VersionStore store;
  private final Images images;
  private final CetakConfig.BarrierSettings settings;
  private final Clock clock;
  private volatile long provenNanos = System.nanoTime();
  private volatile Set<Barrier.Layer> missing = EnumSet.allOf(Barrier.Layer.class);

  BarrierWatch(
      Barrier barrier,
      Versions versions,
      VersionStore store,
      Images images,
      CetakConfig config,
      Clock clock) {
    this.barrier = barrier;
    this.versions = versions;
    this.store = store;
    this.images = images;
    this.settings = config.barrier();
    this.clock = clock;
  }

  /** The layers that the last proof found missing; all of them before the first proof. */
  public Set<Barrier.Layer> missing() {
    return missing;
  }

  /** The missing layers that the configuration does not waive. */
  public Set<Barrier.Layer> unwaived() {
    Set<Barrier.Layer> unwaived = EnumSet.noneOf(Barrier.Layer.class);
    unwaived.addAll(missing);
    unwaived.removeAll(settings.waived().orElse(Set.of()));
    return unwaived;
  }

  void start(@Observes StartupEvent event, Periodic periodic, MeterRegistry meters) {
    periodic.every(LOOK, this::proveWhenDue);
    periodic.every(settings.proofInterval(), this::repair);
    periodic.every(LOOK_FOR_DUE_DIGESTS, this::compareDigests);
    for (Barrier.Layer layer : Barrier.Layer.values()) {
      meters.gauge(
          "cetak_barrier_layer_up",
          java.util.List.of(io.micrometer.core.instrument.Tag.of("layer", layer.name())),
          this,
          watch -> watch.missing.contains(layer) ? 0 : 1);
    }
    meters.gauge("cetak_versions_quarantined", this, watch -> watch.quarantined());
  }

  private double quarantined() {
    return store.count(VersionState.QUARANTINED);
  }

  /**
   * Proves the layers when the interval is over; every few seconds while one is missing or libvirt
   * was away, so that the worker is ready soon after what it needs is back.
   */
  void proveWhenDue() {
    long sinceNanos = System.nanoTime() - provenNanos;
    if (!unwaived().isEmpty() || sinceNanos >= settings.proofInterval().toNanos()) {
      prove();
      provenNanos = System.nanoTime();
    }
  }

  /** Has the layers proven at the next look: something was found that the last proof did not. */
  void proveSoon() {
    provenNanos = System.nanoTime() - settings.proofInterval().toNanos();
  }

  private void prove() {
    try {
      Set<Barrier.Layer> found = barrier.missing();
      if (!found.equals(missing) && !found.isEmpty()) {
        LOG.errorf(
            "The barrier's layers %s do not hold on this host. Run 'cetak-barrier install' here;"
                + " seals are refused until then",
            found);
      }
      missing = found;
    } catch (Failure failure) {
      LOG.warnf("The barrier could not be proven this time: %s", failure.reason());
      missing = EnumSet.allOf(Barrier.Layer.class);
    }
  }

  /**
   * Puts up again what a reboot takes down: the hook's list names files by a device number that can
   * be another one then.
   */
  void repair() {
    for (TemplateVersion version : store.sealedHere()) {
      try {
        versions.verify(version);
        if (!barrier.faults(version.id).isEmpty()) {
          barrier.seal(version.id);
          LOG.infof("The barrier of version %s was put up again", version.label());
        }
      } catch (Failure failure) {
        LOG.errorf("Version %s: %s", version.label(), failure.reason());
      }
    }
  }

  /** Compares the files of every version whose turn it is with their digests. */
  void compareDigests() {
    for (TemplateVersion version :
        store.digestDue(clock.instant().minus(settings.digestInterval()))) {
      try {
        versions.verify(version);
        compare(version);
      } catch (Failure failure) {
        LOG.errorf("Version %s: %s", version.label(), failure.reason());
      }
    }
  }

  private void compare(TemplateVersion version) {
    for (TemplateFile file : version.files) {
      Path path = barrier.folder(version.id).resolve(file.name);
      if (!images.digest(path, StopSignal.NEVER).equals(file.digest)) {
        store.quarantine(version.id, VersionStore.Cause.CHANGED);
        return;
      }
    }
    store.digestCompared(version.id);
  }
}
