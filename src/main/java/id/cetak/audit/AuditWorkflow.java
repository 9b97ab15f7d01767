package id.cetak.audit;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.fleet.FanOut;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happens in an audit: every host reads its own domains, and all readings are judged here. */
@ApplicationScoped
public class AuditWorkflow implements Workflow {
  /** A thousand guests that have booted take about an hour where there is no KVM. */
  private static final Duration PATIENCE = Duration.ofHours(4);

  private final FanOut fanOut;
  private final List<Step> steps;

  AuditWorkflow(FanOut fanOut) {
    this.fanOut = fanOut;
    this.steps =
        fanOut.steps(
            new FanOut.Part(
                CommandType.AUDIT_HOST, PATIENCE, (run, id) -> new Command.AuditHost(id)));
  }

  @Override
  public CommandType serves() {
    return CommandType.AUDIT;
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
    Collection<HostReading> hosts = fanOut.reports(run, HostReading.class).values();
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.putAll(fanOut.answers(run).data());
    data.putAll(Summary.of(hosts));
    return Event.terminal(run.jobId(), EventType.AUDIT_COMPLETED, subject(run), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return Event.terminal(run.jobId(), EventType.AUDIT_FAILED, subject(run), data);
  }

  private static String subject(Run run) {
    return run.command(Command.Audit.class).subject();
  }
}
