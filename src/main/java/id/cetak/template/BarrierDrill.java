package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.app.Periodic;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import id.cetak.hypervisor.Trial;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Tries each layer of a version's barrier for real, and reads its files in full. The canary proves
 * what the host can do; this proves what stands around the very images that clones lie on.
 */
@ApplicationScoped
public class BarrierDrill {
  private static final Logger LOG = Logger.getLogger(BarrierDrill.class);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final Barrier barrier;
  private final Images images;
  private final VersionStore versions;
  private final DrillStore drills;
  private final BarrierWatch watch;
  private final CetakConfig.BarrierSettings settings;

  BarrierDrill(
      Barrier barrier,
      Images images,
      VersionStore versions,
      DrillStore drills,
      BarrierWatch watch,
      CetakConfig config) {
    this.barrier = barrier;
    this.images = images;
    this.versions = versions;
    this.drills = drills;
    this.watch = watch;
    this.settings = config.barrier();
  }

  void start(@Observes StartupEvent event, Periodic periodic) {
    periodic.every(LOOK, this::drillWhenDue);
  }

  /** Drills the versions of this host whose turn it is, and tells what came of each. */
  public void drillWhenDue() {
    if (settings.drillEvery().isZero()) {
      return;
    }
    for (TemplateVersion version : drills.due(settings.drillEvery())) {
      try {
        drill(version, StopSignal.NEVER).ifPresent(drills::tell);
      } catch (Failure failure) {
        LOG.errorf("Version %s could not be drilled: %s", version.label(), failure.reason());
      }
    }
  }

  /**
   * Drills a version. One whose content is not what was sealed is quarantined; a missing layer
   * alone is not a reason.
   *
   * @return empty when the version is no sealed one any more
   */
  Optional<Drilled> drill(TemplateVersion row, StopSignal stop) {
    if (row.files.stream().anyMatch(file -> !Files.exists(path(row, file)))) {
      versions.quarantine(row.id, VersionStore.Cause.MISSING);
      return Optional.of(drilled(row, List.of(), Drilled.Content.MISSING, Map.of()));
    }
    Map<String, String> before = fingerprints(row);
    List<TriedLayer> layers = barrier.tryLayers(row.id).stream().map(this::tried).toList();
    boolean same =
        row.files.stream()
            .allMatch(file -> images.digest(path(row, file), stop).equals(file.digest));
    if (!drills.isSealed(row.id)) {
      return Optional.empty();
    }
    Drilled result =
        same
            ? drilled(row, layers, Drilled.Content.SAME, known(row, layers, before))
            : drilled(row, layers, Drilled.Content.CHANGED, Map.of());
    if (!same) {
      versions.quarantine(row.id, VersionStore.Cause.CHANGED);
    }
    warn(result);
    return Optional.of(result);
  }

  // Metadata alone differs when a layer was taken away and put back. The digest says that nobody
  // used the gap, and unchanged fingerprints that nobody does so now; without this, the next clone
  // would quarantine a version that is whole.
  private Map<String, String> known(
      TemplateVersion row, List<TriedLayer> layers, Map<String, String> before) {
    boolean whole = layers.stream().allMatch(TriedLayer::holds);
    Map<String, String> now = fingerprints(row);
    if (!whole || !now.equals(before)) {
      return Map.of();
    }
    row.files.stream()
        .filter(file -> file.fingerprint.equals(now.get(file.name)))
        .forEach(file -> now.remove(file.name));
    return now;
  }

  private TriedLayer tried(Trial trial) {
    boolean waived = settings.waived().orElse(Set.of()).contains(trial.layer());
    return new TriedLayer(
        trial.layer(),
        trial.holds(),
        waived,
        trial.finding(),
        trial.holds() ? null : remedy(trial.layer()));
  }

  private static String remedy(Barrier.Layer layer) {
    return switch (layer) {
      case MODE, IMMUTABLE ->
          "Find out who took it away, run 'cetak-barrier seal' with the version's id on the host,"
              + " and drill again.";
      case HOOK ->
          "Run 'cetak-barrier install' on the host, and 'cetak-barrier seal' with the version's id"
              + " where only some versions are not refused; then drill again.";
    };
  }

  private void warn(Drilled result) {
    if (result.sound()) {
      return;
    }
    LOG.errorf(
        "The barrier of version %s is broken: %s. See the event barrier.broken for what to do",
        result.label(), String.join("; ", result.broken()));
    watch.proveSoon();
  }

  private static Drilled drilled(
      TemplateVersion row,
      List<TriedLayer> layers,
      Drilled.Content content,
      Map<String, String> known) {
    return new Drilled(row.id, row.template, row.version, layers, content, known);
  }

  private Map<String, String> fingerprints(TemplateVersion row) {
    Map<String, String> fingerprints = new HashMap<>();
    row.files.forEach(file -> fingerprints.put(file.name, barrier.fingerprint(path(row, file))));
    return fingerprints;
  }

  private Path path(TemplateVersion row, TemplateFile file) {
    return barrier.folder(row.id).resolve(file.name);
  }
}
