package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happens in the retirement of a version, in order. The row stays, for the origin of clones
 * and of later versions.
 *
 * <pre>
 *   plan         the version, and what lies in its folder
 *   dependants   the fleet's linked clones, and the host's domains by their disks
 *   judge        refuse it when there are any, with the list
 *   claim        taken for this job: nobody repairs or judges it any more
 *   barrier      down; cannot be taken back
 *   files        removed, and seen to be gone; cannot be taken back
 * </pre>
 */
@ApplicationScoped
public class RetireWorkflow implements Workflow {
  private final WithdrawalStore withdrawals;
  private final List<Step> steps;

  RetireWorkflow(
      RetirePlanStep plan,
      DependantsStep dependants,
      WithdrawalStore withdrawals,
      Images images,
      Barrier barrier) {
    this.withdrawals = withdrawals;
    this.steps =
        List.of(
            plan,
            dependants,
            new RetireJudgeStep(images),
            new RetireClaimStep(withdrawals),
            new LowerBarrierStep(barrier),
            new RemoveVersionStep(images));
  }

  @Override
  public CommandType serves() {
    return CommandType.RETIRE;
  }

  /** Exclusive: no clone is cast from any version of the template meanwhile. */
  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.of(new LockRequest(command.subject(), true));
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public Event completed(Run run) {
    RetirePlan plan = run.plan(RetirePlan.class);
    withdrawals.retired(plan.id(), run.jobId());
    var data = new LinkedHashMap<>(run.eventData());
    data.put("template", plan.template());
    data.put("version", plan.version());
    data.put("folder", plan.folder().toString());
    data.put("files", plan.files());
    data.put("bytes", plan.bytes());
    return Event.terminal(run.jobId(), EventType.TEMPLATE_RETIRED, plan.template(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = RetirePlanStep.wanted(run).failureData(run, verdict);
    if (verdict.code() == FailureCode.HAS_DEPENDANTS) {
      run.result(DependantsStep.NAME, FoundDependants.class)
          .ifPresent(
              found ->
                  data.put(
                      "dependants",
                      found.dependants().stream().map(Dependant::eventData).toList()));
    }
    return Event.terminal(
        run.jobId(), EventType.RETIRE_FAILED, run.command(Command.class).subject(), data);
  }
}
