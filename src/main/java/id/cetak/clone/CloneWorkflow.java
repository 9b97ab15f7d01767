package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.identity.HostKey;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What happens in a clone, in order. All files come before the domain, and everything is read back
 * before it is announced.
 */
@ApplicationScoped
public class CloneWorkflow implements Workflow {
  private final List<Step> steps;
  private final CloneLedger ledger;

  CloneWorkflow(
      PlanStep plan,
      Hypervisor hypervisor,
      Images images,
      CloneLedger ledger,
      CopyNews copyNews,
      StartTurns turns) {
    this.steps =
        List.of(
            plan,
            new DisksStep(images, copyNews),
            new NvramStep(images),
            new SeedStep(images),
            new DefineStep(hypervisor),
            new StartStep(hypervisor, turns),
            new VerifyStep(hypervisor, images));
    this.ledger = ledger;
  }

  @Override
  public CommandType serves() {
    return CommandType.CLONE;
  }

  /** Shared: any number of clones at once, but none while the template is sealed or retired. */
  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.of(new LockRequest(((Command.Clone) command).template().value(), false));
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public Event completed(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    List<HostKey> minted =
        run.result(SeedStep.NAME, SeedStep.Seed.class)
            .map(SeedStep.Seed::hostKeys)
            .orElse(List.of());
    ledger.ready(plan.id(), plan.machineId(), minted);
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", plan.identity().name());
    data.put("uuid", plan.id().toString());
    data.put("template", plan.origin().template());
    data.put("version", plan.origin().version());
    data.put("disk", plan.disk().name().toLowerCase(Locale.ROOT));
    data.put("macs", plan.identity().macs());
    data.put("disks", plan.disks().stream().map(disk -> diskData(plan, disk)).toList());
    data.put("instanceId", plan.identity().instanceId());
    data.put("hostname", plan.identity().hostname());
    if (plan.machineId() != null) {
      data.put("machineId", plan.machineId());
    }
    if (!minted.isEmpty()) {
      data.put("sshHostKeys", minted.stream().map(HostKey::eventData).toList());
    }
    data.put("started", plan.start());
    run.result(DisksStep.NAME, DisksStep.Copies.class)
        .ifPresent(copies -> data.put("copy", copies.eventData()));
    return event(run, EventType.CLONE_COMPLETED, data);
  }

  /** The proof comes after the end: nobody waits for a guest's boot in order to hear of its VM. */
  @Override
  public Optional<Command> followUp(Run run) {
    Command.Clone command = run.command(Command.Clone.class);
    return command.verify()
        ? Optional.of(new Command.Verify(command.id().verification(), command.name()))
        : Optional.empty();
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", run.command(Command.Clone.class).name().value());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return event(
        run, verdict.cancelled() ? EventType.CLONE_CANCELLED : EventType.CLONE_FAILED, data);
  }

  private static Map<String, Object> diskData(ClonePlan plan, PlannedDisk disk) {
    var data = new LinkedHashMap<String, Object>();
    data.put("path", disk.image().toString());
    var backing = plan.backingOf(disk);
    if (backing != null) {
      data.put("backing", backing.toString());
    }
    return data;
  }

  private static Event event(Run run, EventType type, Map<String, Object> data) {
    Command.Clone command = run.command(Command.Clone.class);
    if (command.seat() != null) {
      data.put("batchId", command.seat().batch().value());
    }
    return Event.terminal(run.jobId(), type, command.subject(), data);
  }
}
