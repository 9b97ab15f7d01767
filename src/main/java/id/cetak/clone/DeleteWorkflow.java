package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * What happens in the deletion of a clone, in order. Its name and addresses are free again in the
 * transaction that announces it.
 */
@ApplicationScoped
public class DeleteWorkflow implements Workflow {
  private final List<Step> steps;
  private final CloneLedger ledger;

  DeleteWorkflow(DeletePlanStep plan, Hypervisor hypervisor, Images images, CloneLedger ledger) {
    this.steps = List.of(plan, new RemoveDomainStep(hypervisor), new RemoveFilesStep(images));
    this.ledger = ledger;
  }

  @Override
  public CommandType serves() {
    return CommandType.DELETE;
  }

  /** None: a clone's files are its own, and its going takes nothing from its template. */
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
    DeletePlan plan = run.plan(DeletePlan.class);
    ledger.deleted(plan.cloneId());
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", run.command(Command.Delete.class).name().value());
    data.put("uuid", plan.cloneId().toString());
    data.put("template", plan.template());
    data.put("version", plan.version());
    data.put("folder", plan.files().folder().toString());
    return Event.terminal(
        run.jobId(), EventType.CLONE_DELETED, run.command(Command.Delete.class).subject(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", run.command(Command.Delete.class).name().value());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return Event.terminal(
        run.jobId(), EventType.DELETE_FAILED, run.command(Command.Delete.class).subject(), data);
  }
}
