package id.cetak.clone;

import id.cetak.admission.Admission;
import id.cetak.app.CetakConfig;
import id.cetak.clone.CloneEntries.Entry;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Finds the clone in the ledger, holds it for this job, looks whether its disks can be copied, and
 * has the room promised.
 */
@ApplicationScoped
class FlattenPlanStep implements Step {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final CloneEntries entries;
  private final CloneLedger ledger;
  private final FlattenConditions conditions;
  private final Admission admission;
  private final CetakConfig config;

  FlattenPlanStep(
      CloneEntries entries,
      CloneLedger ledger,
      FlattenConditions conditions,
      Admission admission,
      CetakConfig config) {
    this.entries = entries;
    this.ledger = ledger;
    this.conditions = conditions;
    this.admission = admission;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public FlattenPlan run(Run run) {
    Name name = run.command(Command.Flatten.class).name();
    Entry clone =
        entries
            .named(name.value())
            .orElseThrow(
                () -> unknown(name, "no host has a clone of this name. Correct the name."));
    if (!clone.host().equals(config.host())) {
      throw unknown(
          name,
          "it is on host %s. Send the command to that host, or to any.".formatted(clone.host()));
    }
    if (!ledger.hold(new CloneClaim(run.jobId(), run.attempt(), clone.id(), config.host()))) {
      throw new NotYet(
          "clone:" + name,
          "Clone %s is still being made, flattened or removed by another command. The job goes on by itself when that has ended."
              .formatted(name),
          ASK_AGAIN);
    }
    Path folder = CloneFiles.of(config.images().directory(), clone.id()).folder();
    List<FlattenPlan.Overlay> disks = conditions.demand(clone, folder, run);
    run.check();
    admission.demand(
        new Admission.Applicant(run.jobId(), run.attempt(), "Flatten of clone " + name),
        conditions.need(disks, run));
    return new FlattenPlan(clone.id(), clone.template(), clone.version(), folder, disks);
  }

  @Override
  public void undo(Run run) {
    ledger.letGo(run.jobId(), run.attempt());
  }

  private static Failure unknown(Name name, String why) {
    return new Failure(FailureCode.CLONE_UNKNOWN, "Flatten of clone %s: %s".formatted(name, why));
  }
}
