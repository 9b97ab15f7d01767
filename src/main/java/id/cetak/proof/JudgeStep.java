package id.cetak.proof;

import id.cetak.clone.CloneIdentities;
import id.cetak.clone.CloneIdentities.Claim;
import id.cetak.clone.CloneIdentities.Known;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.SelfReport;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges the guest's word. What nobody else in the fleet has is written into the ledger at once, so
 * that of two guests with one identity the second is found, however close they come.
 */
@ApplicationScoped
class JudgeStep implements Step {
  static final String NAME = "judge";

  private final CloneIdentities identities;
  private final Hypervisor hypervisor;

  JudgeStep(CloneIdentities identities, Hypervisor hypervisor) {
    this.identities = identities;
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Judgement run(Run run) {
    Known known = run.plan(VerifyPlan.class).known();
    SelfReport report = run.result(AskStep.NAME, SelfReport.class).orElseThrow();
    List<Finding> findings = new ArrayList<>(Comparison.of(known, report));
    run.check();
    var claim =
        new Claim(
            run.jobId(), run.attempt(), known.id(), report.machineId(), Comparison.keys(report));
    (findings.isEmpty() ? identities.record(claim) : identities.held(claim))
        .forEach(held -> findings.add(Finding.heldBy(held.what(), held.value(), held.holder())));
    return new Judgement(findings, findings.isEmpty() ? List.of() : hypervisor.linksUp(known.id()));
  }

  /** What the guest said of itself stays true whatever becomes of the job. */
  @Override
  public void undo(Run run) {}
}
