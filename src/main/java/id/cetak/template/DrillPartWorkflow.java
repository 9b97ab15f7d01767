package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.fleet.FanOut;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One host's part of a drill: its versions are tried, and an event tells of each. */
@ApplicationScoped
public class DrillPartWorkflow implements Workflow {
  private final DrillStore drills;
  private final List<Step> steps;

  DrillPartWorkflow(DrillStore drills, VersionStore versions, BarrierDrill drill) {
    this.drills = drills;
    this.steps = List.of(new DrillVersionsStep(versions, drill));
  }

  @Override
  public CommandType serves() {
    return CommandType.DRILL_PART;
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
  public @Nullable Event completed(Run run) {
    run.result(FanOut.REPORT, DrillReport.class).orElseThrow().versions().forEach(drills::tell);
    return null;
  }

  @Override
  public @Nullable Event failed(Run run, Verdict verdict) {
    return null;
  }
}
