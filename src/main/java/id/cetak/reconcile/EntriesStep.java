package id.cetak.reconcile;

import id.cetak.clone.CloneState;
import id.cetak.clone.ClonesOnHosts;
import id.cetak.clone.Lineage;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.template.HostVersion;
import id.cetak.template.HostVersions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumSet;
import java.util.Optional;

/** Makes lost entries of the ledger anew, each from what its domain says of itself. */
@ApplicationScoped
class EntriesStep implements Step {
  static final String NAME = "entries";

  private final Mending mending;
  private final BookReader books;
  private final ClonesOnHosts clones;
  private final HostVersions versions;
  private final Hypervisor hypervisor;

  EntriesStep(
      Mending mending,
      BookReader books,
      ClonesOnHosts clones,
      HostVersions versions,
      Hypervisor hypervisor) {
    this.mending = mending;
    this.books = books;
    this.clones = clones;
    this.versions = versions;
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Mended run(Run run) {
    return mending.each(
        run,
        EnumSet.of(DifferenceKind.DOMAIN_WITHOUT_ENTRY),
        difference -> mended(run, difference));
  }

  /** An entry says what is there, and stays. */
  @Override
  public void undo(Run run) {}

  private Difference mended(Run run, Difference difference) {
    Optional<Domain> domain = hypervisor.find(difference.id());
    if (domain.isEmpty()) {
      return difference.kept("The domain is gone by now.");
    }
    Optional<Lineage> lineage =
        Lineage.of(DomainXml.parse(domain.get().xml()))
            .filter(own -> own.id().equals(difference.id()));
    if (lineage.isEmpty()) {
      return difference.kept(
          "Its metadata lacks what an entry needs. Restore the database from a younger backup, or"
              + " cast the clone anew.");
    }
    if (contradictsItsVersion(lineage.get())) {
      return difference.kept(
          "Its digest is not that of the version that it names; see digest-differs.");
    }
    if (isEntered(difference)) {
      return difference.mended();
    }
    clones.restore(
        new ClonesOnHosts.Mender(run.jobId(), run.attempt()),
        domain.get().name(),
        books.host(),
        lineage.get());
    return isEntered(difference)
        ? difference.mended()
        : difference.kept("The entry was made, and is gone again. Look who changes the database.");
  }

  private boolean isEntered(Difference difference) {
    return books
        .clone(difference.id())
        .filter(entry -> entry.host().equals(books.host()))
        .filter(entry -> entry.state() == CloneState.READY)
        .isPresent();
  }

  private boolean contradictsItsVersion(Lineage lineage) {
    return versions.all().stream()
        .filter(version -> version.label().equals(lineage.template() + "@" + lineage.version()))
        .filter(version -> !version.files().isEmpty())
        .map(EntriesStep::digest)
        .anyMatch(digest -> lineage.digest() != null && !digest.equals(lineage.digest()));
  }

  private static String digest(HostVersion version) {
    return version.files().get(0).digest();
  }
}
