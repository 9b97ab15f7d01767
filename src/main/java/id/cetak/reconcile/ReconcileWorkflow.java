package id.cetak.reconcile;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.command.Reconcile;
import id.cetak.command.ReconcileHost;
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
import java.util.TreeMap;

/** What happens in a reconcile: each host does its part, and the differences come together. */
@ApplicationScoped
public class ReconcileWorkflow implements Workflow {
  /** Reading images in full takes 1.5 s for each GiB, and is done for broken barriers only. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** An event is to stay well below what brokers and readers take; the counts tell the rest. */
  private static final int MOST_TOLD = 1_000;

  private final FanOut fanOut;
  private final List<Step> steps;

  ReconcileWorkflow(FanOut fanOut) {
    this.fanOut = fanOut;
    this.steps =
        fanOut.steps(
            new FanOut.Part(
                CommandType.RECONCILE_HOST,
                PATIENCE,
                (run, id) -> new ReconcileHost(id, run.command(Reconcile.class).repair())));
  }

  @Override
  public CommandType serves() {
    return CommandType.RECONCILE;
  }

  /** None: what jobs have in hands is not judged. */
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
    Map<String, Findings> reports = fanOut.reports(run, Findings.class);
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("repair", run.command(Reconcile.class).repair());
    data.putAll(fanOut.answers(run).data());
    data.put("domains", reports.values().stream().mapToInt(Findings::domains).sum());
    data.put("clones", reports.values().stream().mapToInt(Findings::clones).sum());
    data.put("versions", reports.values().stream().mapToInt(Findings::versions).sum());
    data.putAll(differences(reports));
    return Event.terminal(
        run.jobId(), EventType.RECONCILE_COMPLETED, run.command(Reconcile.class).subject(), data);
  }

  private static Map<String, Object> differences(Map<String, Findings> reports) {
    List<Map<String, Object>> told = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    int total = 0;
    int repaired = 0;
    for (Map.Entry<String, Findings> report : reports.entrySet()) {
      for (Difference difference : report.getValue().differences()) {
        total++;
        repaired += difference.repaired() ? 1 : 0;
        counts.merge(difference.kind().word(), 1, Integer::sum);
        if (told.size() < MOST_TOLD) {
          told.add(difference.data(report.getKey()));
        }
      }
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("total", total);
    data.put("repaired", repaired);
    data.put("counts", counts);
    data.put("differences", told);
    return data;
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return Event.terminal(
        run.jobId(), EventType.RECONCILE_FAILED, run.command(Reconcile.class).subject(), data);
  }
}
