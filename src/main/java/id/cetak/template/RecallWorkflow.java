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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Withdraws a version: nothing is cast from it any more, and its images stay for the clones that
 * lie on them. Its effect is one row, in the transaction that announces it with the list of all
 * that came from the version. A version that was recalled before is listed once more.
 */
@ApplicationScoped
public class RecallWorkflow implements Workflow {
  private static final String VERB = "Recall";
  private static final Set<VersionState> FIT =
      EnumSet.of(VersionState.SEALED, VersionState.RECALLED);

  private final VersionStore versions;
  private final WithdrawalStore withdrawals;
  private final LatestStore latest;
  private final Dependants dependants;
  private final List<Step> steps;

  RecallWorkflow(
      VersionStore versions,
      WithdrawalStore withdrawals,
      LatestStore latest,
      Dependants dependants) {
    this.versions = versions;
    this.withdrawals = withdrawals;
    this.latest = latest;
    this.dependants = dependants;
    this.steps =
        List.of(
            new ChooseStep(VERB, versions, RecallWorkflow::wanted, row -> FIT.contains(row.state)));
  }

  @Override
  public CommandType serves() {
    return CommandType.RECALL;
  }

  /**
   * None: it must not wait for a batch that is casting from the version right now. No clone takes
   * the version after the row was turned, and those that have are in the list.
   */
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
    ChosenVersion chosen = run.plan(ChosenVersion.class);
    boolean turned = withdrawals.recall(chosen.id(), run.command(Command.Recall.class).reason());
    TemplateVersion row = versions.again(chosen.id()).orElseThrow();
    if (!turned && row.state != VersionState.RECALLED) {
      throw WithdrawalRefusal.of(VERB, row);
    }
    var data = chosen.eventData(run);
    if (row.recalledFor != null) {
      data.put("cause", row.recalledFor);
    }
    latest.of(chosen.template()).ifPresent(now -> data.put("latest", now.version));
    data.put(
        "clones",
        dependants.castFrom(chosen.template(), chosen.version()).stream()
            .map(Dependant::eventData)
            .toList());
    return Event.terminal(run.jobId(), EventType.TEMPLATE_RECALLED, chosen.template(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    WantedVersion wanted = wanted(run);
    return Event.terminal(
        run.jobId(),
        EventType.RECALL_FAILED,
        wanted.template().value(),
        wanted.failureData(run, verdict));
  }

  private static WantedVersion wanted(Run run) {
    Command.Recall command = run.command(Command.Recall.class);
    return new WantedVersion(command.template(), command.version());
  }
}
