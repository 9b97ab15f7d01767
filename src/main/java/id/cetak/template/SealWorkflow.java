package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.GuestTools;
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
import java.util.UUID;

/**
 * What happens in a seal, in order. The source domain stays as it was until the very last step; all
 * cleaning is done on overlays, and what becomes the version is a flat copy of them.
 *
 * <pre>
 *   plan         everything that forbids the seal, at once; the version's number
 *   shutdown     wait until the domain is off
 *   overlay      one overlay per disk
 *   sysprep      first pass: clean, and install the first-boot unit
 *   machine-id   second pass: sysprep's own first pass writes a new machine-id
 *   attest       read the result back, read-only
 *   judge        refuse it when an identity is left
 *   flatten      flat images in the version's own folder, and the source proven unchanged
 *   digest       SHA-256 of each file
 *   barrier      owner, mode, immutable flags, the hook's list; read back
 *   tidy         remove the overlays
 *   consume      remove the source domain, unless it is to be kept or was touched; cannot be taken back
 * </pre>
 */
@ApplicationScoped
public class SealWorkflow implements Workflow {
  private final Publication publication;
  private final jakarta.enterprise.event.Event<DomainConsumed> consumed;
  private final List<Step> steps;

  SealWorkflow(
      SealPlanStep plan,
      Hypervisor hypervisor,
      SealTools tools,
      SealPreconditions preconditions,
      Publication publication,
      jakarta.enterprise.event.Event<DomainConsumed> consumed) {
    this.publication = publication;
    this.consumed = consumed;
    Barrier barrier = tools.barrier();
    Images images = tools.images();
    GuestTools guests = tools.guests();
    this.steps =
        List.of(
            plan,
            new ShutdownStep(hypervisor, barrier),
            new OverlayStep(images),
            new SysprepStep(guests),
            new MachineIdStep(guests),
            new AttestStep(guests, SealPlan.class),
            new JudgeStep(SealPlan.class),
            new FlattenStep(images, barrier),
            new DigestStep(images, SealPlan.class),
            new BarrierStep(barrier, SealPlan.class),
            new TidyStep(images, SealPlan.class),
            new ConsumeStep(hypervisor, tools, preconditions));
  }

  @Override
  public CommandType serves() {
    return CommandType.SYSPREP;
  }

  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.of(new LockRequest(command.subject(), true));
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public Event completed(Run run) {
    SealPlan plan = run.plan(SealPlan.class);
    Map<String, Object> data = publication.of(run, plan);
    if (run.command(Command.Sysprep.class).source() == Command.Source.CONSUME) {
      Optional<String> kept =
          run.result(ConsumeStep.NAME, ConsumeStep.Consumed.class).map(ConsumeStep.Consumed::kept);
      kept.ifPresentOrElse(
          why -> data.put("sourceKept", why),
          () -> consumed.fire(new DomainConsumed(plan.domain())));
    }
    return new Event(UUID.randomUUID(), EventType.TEMPLATE_SEALED, plan.template(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("template", run.command(Command.Sysprep.class).template().value());
    data.put("domain", run.command(Command.Sysprep.class).domain());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    run.result(AttestStep.NAME, Attestation.class)
        .ifPresent(attestation -> data.put("attestation", attestation.checks()));
    return new Event(
        UUID.randomUUID(),
        EventType.SYSPREP_FAILED,
        run.command(Command.Sysprep.class).template().value(),
        data);
  }
}
