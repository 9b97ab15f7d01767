package id.cetak.batch;

import id.cetak.admission.Admission;
import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.job.MemberStore;
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
 * What happens in a batch, in order. Its clones are jobs of their own, so that a worker that dies
 * at any of them goes on where it was; the batch's job makes them, waits for them, and says what
 * came of them.
 */
@ApplicationScoped
public class BatchWorkflow implements Workflow {
  private final List<Step> steps;
  private final MemberStore members;
  private final Removal removal;

  BatchWorkflow(
      BatchPlanStep plan,
      MemberStore members,
      Seats seats,
      Admission admission,
      Progress progress,
      Removal removal) {
    this.steps =
        List.of(
            plan,
            new SpawnStep(members, seats, removal),
            new AwaitStep(members, admission, progress));
    this.members = members;
    this.removal = removal;
  }

  @Override
  public CommandType serves() {
    return CommandType.CLONE_BATCH;
  }

  /** Shared, for all clones of the batch: a seal of the template waits until the last has ended. */
  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.of(new LockRequest(((Command.CloneBatch) command).template().value(), false));
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public Event completed(Run run) {
    return event(run, data(run));
  }

  /** A batch that does not end well has been told clone by clone; this says why it ended. */
  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = data(run);
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    data.put("removed", removal.tally(run).completed());
    return event(run, data);
  }

  private Map<String, Object> data(Run run) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("template", run.command(Command.CloneBatch.class).template().value());
    data.putAll(Tally.of(CommandType.CLONE, members.tally(run.jobId())).data());
    data.put("failures", Failures.of(CommandType.CLONE, members.failures(run.jobId())));
    return data;
  }

  private static Event event(Run run, Map<String, Object> data) {
    return Event.terminal(
        run.jobId(),
        EventType.BATCH_COMPLETED,
        run.command(Command.CloneBatch.class).subject(),
        data);
  }
}
