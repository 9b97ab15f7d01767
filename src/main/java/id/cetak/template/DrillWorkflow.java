package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.command.Drill;
import id.cetak.command.DrillPart;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A drill of the barrier, on all hosts or on one: each tries its own versions and reports. */
@ApplicationScoped
public class DrillWorkflow implements Workflow {
  /** Images are read in full, at about 1.5 s for each GiB. */
  private static final Duration PATIENCE = Duration.ofHours(6);

  private final FanOut hosts;
  private final List<Step> steps;

  DrillWorkflow(FanOut hosts) {
    this.hosts = hosts;
    this.steps = new ArrayList<>(hosts.steps(part()));
    this.steps.add(new DrillJudgeStep(hosts));
  }

  private static FanOut.Part part() {
    return new FanOut.Part(
        CommandType.DRILL_PART,
        PATIENCE,
        (run, id) -> {
          Drill drill = run.command(Drill.class);
          return new DrillPart(id, drill.template(), drill.version());
        });
  }

  @Override
  public CommandType serves() {
    return CommandType.DRILL;
  }

  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.empty();
  }

  @Override
  public List<Step> steps() {
    return List.copyOf(steps);
  }

  @Override
  public Event completed(Run run) {
    Map<String, DrillReport> reports = hosts.reports(run, DrillReport.class);
    List<Map<String, Object>> versions = new ArrayList<>();
    reports.forEach(
        (host, report) -> report.versions().forEach(drilled -> versions.add(data(host, drilled))));
    long sound =
        reports.values().stream()
            .flatMap(report -> report.versions().stream())
            .filter(Drilled::sound)
            .count();
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.putAll(hosts.answers(run).data());
    data.put("verified", sound);
    data.put("broken", versions.size() - sound);
    data.put("versions", versions);
    return event(run, EventType.DRILL_COMPLETED, data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return event(run, EventType.DRILL_FAILED, data);
  }

  private static Map<String, Object> data(String host, Drilled drilled) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("host", host);
    data.put("verified", drilled.sound());
    data.putAll(drilled.eventData());
    return data;
  }

  private static Event event(Run run, EventType type, Map<String, Object> data) {
    return Event.terminal(run.jobId(), type, run.command(Drill.class).subject(), data);
  }
}
