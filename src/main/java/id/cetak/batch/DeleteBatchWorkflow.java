package id.cetak.batch;

import id.cetak.app.CetakConfig;
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

/** What happens in the deletion of all clones of a batch: each is removed by a job of its own. */
@ApplicationScoped
public class DeleteBatchWorkflow implements Workflow {
  private final List<Step> steps;
  private final MemberStore members;
  private final Removal removal;

  DeleteBatchWorkflow(MemberStore members, Removal removal, CetakConfig config) {
    this.steps =
        List.of(new FindBatchStep(members, config.host()), new DeleteMembersStep(members, removal));
    this.members = members;
    this.removal = removal;
  }

  @Override
  public CommandType serves() {
    return CommandType.DELETE_BATCH;
  }

  /** None, as for a single deletion. */
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
    Map<String, Object> data = data(run);
    return Event.terminal(run.jobId(), EventType.BATCH_DELETED, subject(run), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = data(run);
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return Event.terminal(run.jobId(), EventType.DELETE_FAILED, subject(run), data);
  }

  private static String subject(Run run) {
    return run.command(Command.DeleteBatch.class).subject();
  }

  private Map<String, Object> data(Run run) {
    Tally tally = removal.tally(run);
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("batch", subject(run));
    data.put("total", tally.total());
    data.put("deleted", tally.completed());
    data.put("failures", Failures.of(CommandType.DELETE, members.failures(run.jobId())));
    return data;
  }
}
