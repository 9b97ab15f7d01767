package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Makes a sealed version the latest, as a rollback to an older one does. Its effect is one row, in
 * the transaction that announces it.
 */
@ApplicationScoped
public class PromoteWorkflow implements Workflow {
  private static final String VERB = "Promotion";

  private final VersionStore versions;
  private final LatestStore latest;
  private final List<Step> steps;

  PromoteWorkflow(VersionStore versions, LatestStore latest) {
    this.versions = versions;
    this.latest = latest;
    this.steps =
        List.of(
            new ChooseStep(
                VERB, versions, PromoteWorkflow::wanted, row -> row.state == VersionState.SEALED));
  }

  @Override
  public CommandType serves() {
    return CommandType.PROMOTE;
  }

  /** Exclusive: a seal that was asked for before has ended, and the last one asked for counts. */
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
    ChosenVersion chosen = run.plan(ChosenVersion.class);
    Integer previous = latest.of(chosen.template()).map(row -> row.version).orElse(null);
    if (!latest.point(chosen.id(), run.jobId(), run.lockFence())) {
      throw WithdrawalRefusal.of(VERB, versions.again(chosen.id()).orElseThrow());
    }
    var data = chosen.eventData(run);
    if (previous != null) {
      data.put("previous", previous);
    }
    return Event.terminal(run.jobId(), EventType.TEMPLATE_PROMOTED, chosen.template(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    WantedVersion wanted = wanted(run);
    return Event.terminal(
        run.jobId(),
        EventType.PROMOTE_FAILED,
        wanted.template().value(),
        wanted.failureData(run, verdict));
  }

  private static WantedVersion wanted(Run run) {
    Command.Promote command = run.command(Command.Promote.class);
    return new WantedVersion(command.template(), command.version());
  }
}
