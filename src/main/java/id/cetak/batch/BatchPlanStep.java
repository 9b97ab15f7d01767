package id.cetak.batch;

import id.cetak.admission.Admission;
import id.cetak.admission.Need;
import id.cetak.clone.CloneConditions;
import id.cetak.command.Command;
import id.cetak.failure.Complaints;
import id.cetak.template.SealedVersion;
import id.cetak.template.Versions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Refuses a batch whole where no clone of it could be made, chooses the one version that all are
 * cast from, and has the room for all of them promised before the first byte.
 */
@ApplicationScoped
class BatchPlanStep implements Step {
  private final Versions versions;
  private final CloneConditions conditions;
  private final Admission admission;

  BatchPlanStep(Versions versions, CloneConditions conditions, Admission admission) {
    this.versions = versions;
    this.conditions = conditions;
    this.admission = admission;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public BatchPlan run(Run run) {
    Command.CloneBatch batch = run.command(Command.CloneBatch.class);
    SealedVersion version = versions.forClone(batch.template(), batch.options().version());
    Need needOfOne =
        conditions
            .check(Seats.first(batch, version.version()), version, run, Complaints.DEMAND)
            .orElseThrow();
    run.check();
    admission.demand(
        new Admission.Applicant(run.jobId(), run.attempt(), applicant(batch)),
        needOfOne.times(batch.names().count()));
    return new BatchPlan(version.version(), needOfOne);
  }

  /** How the errors of a batch begin. */
  static String applicant(Command.CloneBatch batch) {
    return "Batch %s of %d clones of %s"
        .formatted(batch.id(), batch.names().count(), batch.template());
  }

  /** The promise ends with the job. */
  @Override
  public void undo(Run run) {}
}
