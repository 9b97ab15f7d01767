package id.cetak.clone;

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
import java.time.Duration;

/**
 * Finds the clone in the ledger, and takes it for this job. The ledger alone says what may be
 * removed: a domain that Cetak did not make is not in it.
 */
@ApplicationScoped
class DeletePlanStep implements Step {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final CloneEntries entries;
  private final CloneLedger ledger;
  private final CetakConfig config;

  DeletePlanStep(CloneEntries entries, CloneLedger ledger, CetakConfig config) {
    this.entries = entries;
    this.ledger = ledger;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public boolean transactional() {
    return true;
  }

  @Override
  public DeletePlan run(Run run) {
    Name name = run.command(Command.Delete.class).name();
    Entry entry =
        entries
            .named(name.value())
            .orElseThrow(
                () ->
                    unknown(
                        name,
                        "no host has a clone of this name, and a domain that Cetak did not make is"
                            + " never removed. Correct the name, or remove the domain with virsh"));
    if (!entry.host().equals(config.host())) {
      throw unknown(
          name,
          "it is on host %s. Send the command to that host, or to any".formatted(entry.host()));
    }
    var deletion = new CloneClaim(run.jobId(), run.attempt(), entry.id(), config.host());
    if (!ledger.beginDeletion(deletion)) {
      throw new NotYet(
          "clone:" + name,
          "Clone %s is still being made, flattened or removed by another command. The job goes on by itself when that has ended."
              .formatted(name),
          ASK_AGAIN);
    }
    return new DeletePlan(
        entry.id(),
        entry.template(),
        entry.version(),
        CloneFiles.of(config.images().directory(), entry.id()));
  }

  @Override
  public void undo(Run run) {
    ledger.abandonDeletion(run.jobId(), run.attempt());
  }

  private static Failure unknown(Name name, String why) {
    return new Failure(FailureCode.CLONE_UNKNOWN, "Deletion of clone %s: %s.".formatted(name, why));
  }
}
