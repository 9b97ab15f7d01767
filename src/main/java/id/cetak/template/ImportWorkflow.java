package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.command.Import;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.hypervisor.ForeignImages;
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
 * What happens in an import, in order. The image comes from a stranger: it is read as bytes until
 * it has been judged, and what is sealed was written by this host's own qemu-img.
 *
 * <pre>
 *   plan      a first look at the file; everything that forbids the import; the version's number
 *   fetch     copy the bytes; compare their SHA-256
 *   examine   judge the copy: header, tables, features
 *   rewrite   the guest's bytes in a new image, in the version's own folder
 *   attest    read the new image, read-only: no identity, and never booted
 *   judge     refuse it otherwise
 *   digest    SHA-256 of the image
 *   barrier   owner, mode, immutable flags, the hook's list; read back
 *   tidy      remove the copy
 * </pre>
 */
@ApplicationScoped
public class ImportWorkflow implements Workflow {
  private final Publication publication;
  private final List<Step> steps;

  ImportWorkflow(
      ImportPlanStep plan, ForeignImages foreign, SealTools tools, Publication publication) {
    this.publication = publication;
    Images images = tools.images();
    this.steps =
        List.of(
            plan,
            new FetchStep(foreign, images),
            new ExamineStep(foreign),
            new RewriteStep(foreign, images),
            new AttestStep(tools.guests(), ImportPlan.class),
            new JudgeStep(ImportPlan.class),
            new DigestStep(images, ImportPlan.class),
            new BarrierStep(tools.barrier(), ImportPlan.class),
            new TidyStep(images, ImportPlan.class));
  }

  @Override
  public CommandType serves() {
    return CommandType.IMPORT;
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
    ImportPlan plan = run.plan(ImportPlan.class);
    Map<String, Object> data = publication.of(run, plan);
    data.put("image", plan.image());
    data.put(
        "imageSha256", run.result(FetchStep.NAME, FetchStep.Fetched.class).orElseThrow().sha256());
    return new Event(UUID.randomUUID(), EventType.TEMPLATE_SEALED, plan.template(), data);
  }

  @Override
  public Event failed(Run run, Verdict verdict) {
    Import command = run.command(Import.class);
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("template", command.template().value());
    data.put("image", command.image());
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    run.result(AttestStep.NAME, Attestation.class)
        .ifPresent(attestation -> data.put("attestation", attestation.checks()));
    return new Event(UUID.randomUUID(), EventType.IMPORT_FAILED, command.template().value(), data);
  }
}
