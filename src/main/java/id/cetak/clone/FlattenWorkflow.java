package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.Barrier;
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
import java.util.Map;
import java.util.Optional;

/**
 * What happens when a linked clone that is off becomes independent of its template, in order. Its
 * origin stays in the ledger; a version that it was cast from can be retired.
 *
 * <pre>
 *   plan       the clone is held for this job; what lies on another image; room for the copies
 *   copy       each overlay with all below it, into an image beside it
 *   swap       the copy takes the overlay's name, with QEMU locked out
 *   define     the definition names no image below, should it have
 *   describe   its metadata says full
 *   verify     read back
 * </pre>
 */
@ApplicationScoped
public class FlattenWorkflow implements Workflow {
  private final List<Step> steps;
  private final CloneLedger ledger;

  FlattenWorkflow(
      FlattenPlanStep plan,
      Hypervisor hypervisor,
      Images images,
      Barrier barrier,
      CloneLedger ledger,
      CopyNews copyNews) {
    this.steps =
        List.of(
            plan,
            new FlattenCopyStep(images, copyNews),
            new FlattenSwapStep(hypervisor, images, barrier),
            new FlattenDefineStep(hypervisor),
            new FlattenDescribeStep(hypervisor),
            new FlattenVerifyStep(images));
    this.ledger = ledger;
  }

  @Override
  public CommandType serves() {
    return CommandType.FLATTEN;
  }

  /** None: a clone counts as one that depends on its version until its flatten has ended. */
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
    FlattenPlan plan = run.plan(FlattenPlan.class);
    ledger.flattened(plan.cloneId(), run.jobId());
    Command.Flatten command = run.command(Command.Flatten.class);
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", command.name().value());
    data.put("uuid", plan.cloneId().toString());
    data.put("template", plan.template());
    data.put("version", plan.version());
    data.put("disk", "full");
    data.put(
        "disks",
        plan.disks().stream().map(disk -> Map.of("path", disk.image().toString())).toList());
    run.result(FlattenCopyStep.NAME, DisksStep.Copies.class)
        .ifPresent(copies -> data.put("copy", copies.eventData()));
    return Event.terminal(run.jobId(), EventType.CLONE_FLATTENED, command.subject(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Command.Flatten command = run.command(Command.Flatten.class);
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", command.name().value());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return Event.terminal(run.jobId(), EventType.FLATTEN_FAILED, command.subject(), data);
  }
}
