package id.cetak.clone;

import id.cetak.command.Command.Disk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Has the domain's own metadata say that its disks stand alone, as the ledger is going to. */
class FlattenDescribeStep implements Step {
  private final Hypervisor hypervisor;

  FlattenDescribeStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "describe";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    UUID id = run.plan(FlattenPlan.class).cloneId();
    hypervisor
        .find(id)
        .flatMap(domain -> Lineage.of(DomainXml.parse(domain.xml())))
        .filter(lineage -> lineage.disk() != Disk.FULL)
        .ifPresent(
            lineage -> {
              run.check();
              hypervisor.describe(id, lineage.flattened().text());
            });
    return null;
  }

  /** It says what is true of the disks; the ledger may come to know by another flatten. */
  @Override
  public void undo(Run run) {}
}
