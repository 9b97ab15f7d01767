package id.cetak.preflight;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.command.DryRun;
import id.cetak.event.Event;
import id.cetak.event.EventType;
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
 * A dry run, of any command. The workflow of the command itself is never run, and no lock is held:
 * who locks the template is one of the things to report.
 */
@ApplicationScoped
public class PreflightWorkflow implements Workflow {
  private final List<Step> steps;

  PreflightWorkflow(PreflightStep look) {
    this.steps = List.of(look);
  }

  @Override
  public CommandType serves() {
    return CommandType.PREFLIGHT;
  }

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
    data.putAll(run.plan(Outlook.class).eventData());
    return event(run, EventType.PREFLIGHT_COMPLETED, data);
  }

  /** The dry run itself was cancelled, or could not be ended; that says nothing of the command. */
  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = data(run);
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return event(run, EventType.PREFLIGHT_FAILED, data);
  }

  private static Map<String, Object> data(Run run) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("command", run.command(DryRun.class).of().type().word());
    return data;
  }

  private static Event event(Run run, EventType type, Map<String, Object> data) {
    return Event.terminal(run.jobId(), type, run.command(DryRun.class).subject(), data);
  }
}
