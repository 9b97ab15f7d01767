package id.cetak.reconcile;

import id.cetak.hypervisor.Barrier;
import id.cetak.template.HostVersion;
import id.cetak.template.HostVersions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares a version's images with what its seal recorded; reads no content. */
@ApplicationScoped
class VersionComparison {
  private final HostVersions versions;
  private final Barrier barrier;

  VersionComparison(HostVersions versions, Barrier barrier) {
    this.versions = versions;
    this.barrier = barrier;
  }

  Optional<Difference> of(HostVersion version) {
    List<String> missing = versions.missing(version);
    if (!missing.isEmpty()) {
      return Optional.of(
          Difference.of(
              DifferenceKind.IMAGES_MISSING,
              version.label(),
              version.id(),
              "Version %s: %s not there in %s. Its linked clones cannot start."
                  .formatted(
                      version.label(),
                      missing.size() == 1 ? missing.get(0) + " is" : missing + " are",
                      version.folder())));
    }
    List<String> faults = new ArrayList<>(barrier.faults(version.id()));
    versions
        .changed(version)
        .forEach(file -> faults.add(file + " does not look as when it was sealed"));
    return faults.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Difference.of(
                DifferenceKind.BARRIER_BROKEN,
                version.label(),
                version.id(),
                "Version %s is not behind the barrier as it was sealed: %s."
                    .formatted(version.label(), String.join("; ", faults))));
  }
}
