package id.cetak.reconcile;

import id.cetak.clone.CloneState;
import id.cetak.clone.ClonesOnHosts.Entry;
import id.cetak.clone.Lineage;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Writes into clones' domains, running or not, what the ledger says of them. Touches Cetak's own
 * element alone.
 */
@ApplicationScoped
class MetadataStep implements Step {
  static final String NAME = "metadata";

  private final Mending mending;
  private final BookReader books;
  private final Hypervisor hypervisor;

  MetadataStep(Mending mending, BookReader books, Hypervisor hypervisor) {
    this.mending = mending;
    this.books = books;
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
        EnumSet.of(DifferenceKind.METADATA_MISSING, DifferenceKind.METADATA_DIFFERS),
        this::mended);
  }

  /** Metadata says what the ledger says, and stays. */
  @Override
  public void undo(Run run) {}

  private Difference mended(Difference difference) {
    Optional<Entry> entry =
        books
            .clone(difference.id())
            .filter(now -> now.host().equals(books.host()))
            .filter(now -> now.state() == CloneState.READY);
    if (entry.isEmpty()) {
      return difference.kept("The clone's entry is gone, or changes, by now.");
    }
    Optional<Domain> domain = hypervisor.find(difference.id());
    if (domain.isEmpty()) {
      return difference.kept("The domain is gone by now.");
    }
    Optional<Lineage> said = Lineage.of(DomainXml.parse(domain.get().xml()));
    Lineage wanted = entry.get().lineage().completedBy(said);
    if (!said.equals(Optional.of(wanted))) {
      hypervisor.describe(difference.id(), wanted.text());
    }
    return says(difference, wanted)
        ? difference.mended()
        : difference.kept("It was written, but libvirt says otherwise. Look who changes domains.");
  }

  private boolean says(Difference difference, Lineage wanted) {
    return hypervisor
        .find(difference.id())
        .flatMap(domain -> Lineage.of(DomainXml.parse(domain.xml())))
        .filter(wanted::equals)
        .isPresent();
  }
}
