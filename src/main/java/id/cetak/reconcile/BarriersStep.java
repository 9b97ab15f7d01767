package id.cetak.reconcile;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Images;
import id.cetak.template.HostVersion;
import id.cetak.template.HostVersions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * Puts the barrier up again around versions whose content is proven to be what was sealed, by
 * reading it in full. A version whose content is not is trusted no more.
 */
@ApplicationScoped
class BarriersStep implements Step {
  static final String NAME = "barriers";

  private final Mending mending;
  private final BookReader books;
  private final HostVersions versions;
  private final Images images;
  private final Barrier barrier;

  BarriersStep(
      Mending mending, BookReader books, HostVersions versions, Images images, Barrier barrier) {
    this.mending = mending;
    this.books = books;
    this.versions = versions;
    this.images = images;
    this.barrier = barrier;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Mended run(Run run) {
    return mending.each(
        run,
        EnumSet.of(DifferenceKind.BARRIER_BROKEN),
        difference ->
            versions.all().stream()
                .filter(version -> version.id().equals(difference.id()) && version.stands())
                .findFirst()
                .map(version -> mended(run, version, difference))
                .orElseGet(() -> difference.kept("The version is gone, or distrusted, by now.")));
  }

  /** A barrier that is up stays up. */
  @Override
  public void undo(Run run) {}

  private Difference mended(Run run, HostVersion version, Difference difference) {
    if (books.held().templates().contains(version.template())) {
      return difference.kept("A job has the template to itself. Send the command again later.");
    }
    List<String> before = unwritten(version);
    Optional<HostVersion.File> other =
        version.files().stream()
            .filter(file -> !images.digest(version.path(file), run).equals(file.digest()))
            .findFirst();
    if (other.isPresent()) {
      versions.distrust(version);
      return difference.kept(
          "The content of %s is not what was sealed: the version is quarantined. Seal a new one."
              .formatted(other.get().name()));
    }
    run.check();
    barrier.seal(version.id());
    if (!unwritten(version).equals(before)) {
      return difference.kept("Somebody wrote to its images meanwhile. Send the command again.");
    }
    var mender = new HostVersions.Mender(run.jobId(), run.attempt());
    boolean kept = version.files().stream().allMatch(file -> versions.renew(mender, version, file));
    List<String> faults = barrier.faults(version.id());
    if (!faults.isEmpty()) {
      return difference.kept(
          "It was put up, but does not hold: " + String.join("; ", faults) + ".");
    }
    return kept
        ? difference.mended()
        : difference.kept("It was put up, but another worker has the job. Send the command again.");
  }

  /** Inode, links, size and time of the last write: what the barrier itself does not change. */
  private List<String> unwritten(HostVersion version) {
    return version.files().stream()
        .map(file -> barrier.fingerprint(version.path(file)).split(":", -1))
        .map(parts -> String.join(":", List.of(parts).subList(0, 4)))
        .toList();
  }
}
