package id.cetak.reconcile;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What happens on each host in a reconcile, in order. */
@ApplicationScoped
public class ReconcileHostWorkflow implements Workflow {
  private final List<Step> steps;

  ReconcileHostWorkflow(
      LookStep look,
      EntriesStep entries,
      MetadataStep metadata,
      BarriersStep barriers,
      LeftoversStep leftovers) {
    this.steps = List.of(look, entries, metadata, barriers, leftovers, new ReportStep());
  }

  @Override
  public CommandType serves() {
    return CommandType.RECONCILE_HOST;
  }

  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.empty();
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  /** The job that asked tells what was found. */
  @Override
  public @Nullable Event completed(Run run) {
    return null;
  }

  @Override
  public @Nullable Event failed(Run run, Verdict verdict) {
    return null;
  }
}
