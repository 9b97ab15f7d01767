package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes the source domain with its own disks and NVRAM, so that nothing is left to start; unless
 * the command says to keep it. Only after the version stands behind its barrier, and never while
 * the domain runs.
 */
final class ConsumeStep implements Step {
  private final Hypervisor hypervisor;
  private final SealTools tools;

  ConsumeStep(Hypervisor hypervisor, SealTools tools) {
    this.hypervisor = hypervisor;
    this.tools = tools;
  }

  @Override
  public String name() {
    return "consume";
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public @Nullable Object run(Run run) {
    if (run.command(Command.Sysprep.class).source() == Command.Source.KEEP) {
      return null;
    }
    SealPlan plan = run.plan(SealPlan.class);
    Optional<Domain> domain = hypervisor.find(plan.domain());
    if (domain.isPresent()) {
      if (domain.get().state() != PowerState.OFF) {
        throw new Failure(
            FailureCode.IN_USE,
            "Template %s is sealed, but its source domain '%s' was started and cannot be removed. Tried again until it is off."
                .formatted(plan.label(), domain.get().name()));
      }
      hypervisor.undefine(plan.domain());
    }
    for (SealPlan.PlannedDisk disk : plan.disks()) {
      remove(disk.source());
      Path folder = disk.source().getParent();
      // A VM that Cetak cast has a folder named after its UUID, with its seed and NVRAM: nobody
      // else's.
      if (folder != null && folder.endsWith(plan.domain().toString())) {
        remove(folder);
      }
    }
    if (plan.nvram() != null) {
      remove(plan.nvram());
    }
    return null;
  }

  private void remove(Path file) {
    tools.images().remove(file);
  }

  /** Cannot be taken back; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("A consumed domain cannot be brought back");
  }
}
