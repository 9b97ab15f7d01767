package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Removes the source domain with its own disks and NVRAM, so that nothing is left to start; unless
 * the command says to keep it. Only after the version stands behind its barrier.
 *
 * <p>A source that somebody has started, written or attached elsewhere since it was read holds what
 * no version has: it is left, and the event says why.
 */
final class ConsumeStep implements Step {
  static final String NAME = "consume";

  private final Hypervisor hypervisor;
  private final SealTools tools;
  private final SealPreconditions preconditions;

  ConsumeStep(Hypervisor hypervisor, SealTools tools, SealPreconditions preconditions) {
    this.hypervisor = hypervisor;
    this.tools = tools;
    this.preconditions = preconditions;
  }

  /**
   * What became of a source that was to go.
   *
   * @param kept why it was left all the same, and what to do; null when it is gone
   */
  record Consumed(@Nullable String kept) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public @Nullable Consumed run(Run run) {
    if (run.command(Command.Sysprep.class).source() == Command.Source.KEEP) {
      return null;
    }
    SealPlan plan = run.plan(SealPlan.class);
    Optional<String> touched = touched(run, plan);
    if (touched.isPresent()) {
      // Started just before an earlier look's removal of its definition, it would go with its
      // power.
      return kept(plan, touched.get(), hypervisor.find(plan.domain()).filter(this::isFleeting));
    }
    run.check();
    Optional<Domain> removed = hypervisor.find(plan.domain());
    hypervisor.undefine(plan.domain());
    // Nobody can start it by its name any more: what holds now still holds when the files go.
    touched = touched(run, plan);
    if (touched.isPresent()) {
      return kept(plan, touched.get(), removed);
    }
    run.check();
    removeFiles(plan);
    return new Consumed(null);
  }

  private boolean isFleeting(Domain domain) {
    return !domain.persistent();
  }

  private Consumed kept(SealPlan plan, String why, Optional<Domain> redefined) {
    redefined.ifPresent(domain -> hypervisor.define(domain.xml()));
    return new Consumed(
        "The source domain of template %s was left, with its disks: %s since it was read. What it holds now is in no version: seal it again, or remove it by hand."
            .formatted(plan.label(), why));
  }

  /** What happened to the source since its disks were read, as a clause. */
  private Optional<String> touched(Run run, SealPlan plan) {
    if (hypervisor
        .find(plan.domain())
        .filter(domain -> domain.state() != PowerState.OFF)
        .isPresent()) {
      return Optional.of("it was started");
    }
    List<String> asRead =
        run.result(ShutdownStep.NAME, ShutdownStep.Sources.class).orElseThrow().fingerprints();
    for (int n = 0; n < plan.disks().size(); n++) {
      SealPlan.PlannedDisk disk = plan.disks().get(n);
      // A disk that is not there was removed by an earlier attempt, or by its owner.
      if (Files.exists(disk.source())
          && !tools.barrier().fingerprint(disk.source()).equals(asRead.get(n))) {
        return Optional.of("it was started, or its disk %s was written,".formatted(disk.target()));
      }
    }
    List<Path> files = plan.disks().stream().map(SealPlan.PlannedDisk::source).toList();
    return preconditions.holdersOf(files, plan.domain()).stream()
        .findFirst()
        .or(() -> preconditions.dependantsOf(files, plan.domain(), run).stream().findFirst());
  }

  private void removeFiles(SealPlan plan) {
    for (SealPlan.PlannedDisk disk : plan.disks()) {
      tools.images().remove(disk.source());
      Path folder = disk.source().getParent();
      // A VM that Cetak cast has a folder named after its UUID, with its seed and NVRAM: nobody
      // else's.
      if (folder != null && folder.endsWith(plan.domain().toString())) {
        tools.images().remove(folder);
      }
    }
    if (plan.nvram() != null) {
      tools.images().remove(plan.nvram());
    }
  }

  /** Cannot be taken back; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("A consumed domain cannot be brought back");
  }
}
