package id.cetak.proof;

import id.cetak.clone.CloneIdentities;
import id.cetak.clone.CloneIdentities.Known;
import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.SelfReport;
import id.cetak.identity.HostKey;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What happens in a verification, in order: ask the guest who it is, judge, and take it off the
 * network when it is not who it should be.
 */
@ApplicationScoped
public class VerifyWorkflow implements Workflow {
  private final List<Step> steps;
  private final CloneIdentities identities;

  VerifyWorkflow(
      VerifyPlanStep plan,
      AskStep ask,
      JudgeStep judge,
      IsolateStep isolate,
      CloneIdentities identities) {
    this.steps = List.of(plan, ask, judge, isolate);
    this.identities = identities;
  }

  @Override
  public CommandType serves() {
    return CommandType.VERIFY;
  }

  /** None: a clone is its own. */
  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.empty();
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public Event completed(Run run) {
    Known known = run.plan(VerifyPlan.class).known();
    SelfReport report = run.result(AskStep.NAME, SelfReport.class).orElseThrow();
    Judgement judgement = run.result(JudgeStep.NAME, Judgement.class).orElseThrow();
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("name", known.name());
    data.put("uuid", known.id().toString());
    data.put("source", report.source().name().toLowerCase(Locale.ROOT));
    data.put("hostname", report.hostName());
    if (report.machineId() != null) {
      data.put("machineId", report.machineId());
    }
    data.put("sshHostKeys", Comparison.keys(report).stream().map(HostKey::eventData).toList());
    if (judgement.good()) {
      identities.verified(known.id());
      return event(run, EventType.CLONE_VERIFIED, data);
    }
    String reason = reason(known, judgement);
    identities.quarantined(known.id(), reason);
    data.put("reason", reason);
    data.put("findings", judgement.findings().stream().map(Finding::eventData).toList());
    data.put("disconnected", judgement.links());
    return event(run, EventType.CLONE_QUARANTINED, data);
  }

  private static String reason(Known known, Judgement judgement) {
    return "Clone %s: its guest is not who it should be: %s. It is off the network; find out how that came about, then delete it."
        .formatted(known.name(), judgement.words());
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("name", run.command(Command.Verify.class).name().value());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return event(run, EventType.VERIFY_FAILED, data);
  }

  private static Event event(Run run, EventType type, Map<String, Object> data) {
    return Event.terminal(run.jobId(), type, run.command(Command.Verify.class).subject(), data);
  }
}
