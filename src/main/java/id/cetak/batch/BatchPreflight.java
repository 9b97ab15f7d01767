package id.cetak.batch;

import id.cetak.admission.Admission;
import id.cetak.admission.Need;
import id.cetak.clone.CloneConditions;
import id.cetak.clone.ClonePreview;
import id.cetak.command.BatchNames;
import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.hypervisor.StopSignal;
import id.cetak.preflight.Likeness;
import id.cetak.preflight.Preflight;
import id.cetak.preflight.Report;
import id.cetak.template.SealedVersion;
import id.cetak.template.Versions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The dry run of a batch: of its first clone, of all its names, and of the room for all. */
@ApplicationScoped
class BatchPreflight implements Preflight {
  private final Versions versions;
  private final CloneConditions conditions;
  private final Admission admission;
  private final ClonePreview preview;

  BatchPreflight(
      Versions versions, CloneConditions conditions, Admission admission, ClonePreview preview) {
    this.versions = versions;
    this.conditions = conditions;
    this.admission = admission;
    this.preview = preview;
  }

  @Override
  public CommandType of() {
    return CommandType.CLONE_BATCH;
  }

  @Override
  public void look(Command command, StopSignal stop, Report report) {
    Command.CloneBatch batch = (Command.CloneBatch) command;
    BatchNames names = batch.names();
    Optional<SealedVersion> version =
        report.tried(() -> versions.look(batch.template(), batch.options().version()));
    preview.checkNames(
        IntStream.rangeClosed(names.first(), names.last()).mapToObj(names::name).toList(), report);
    report.plan("clones", names.count());
    version.ifPresent(
        castable -> {
          Command.Clone first = Seats.first(batch, castable.version());
          preview.tell(first, castable, report);
          conditions
              .check(first, castable, stop, report)
              .map(needOfOne -> needOfOne.times(names.count()))
              .ifPresent(need -> lookForRoom(batch, need, report));
        });
    report.like(likeness(batch));
  }

  private void lookForRoom(Command.CloneBatch batch, Need need, Report report) {
    report.needs(need);
    admission.look(BatchPlanStep.applicant(batch), need, report);
  }

  private static Likeness likeness(Command.CloneBatch batch) {
    String disk = batch.options().disk().word();
    Map<String, Object> options =
        Map.of("disk", batch.options().disk().name(), "start", batch.options().start());
    return new Likeness(
        List.of(
            new Likeness.Kind(
                "batches of %s clones of template '%s', clone for clone"
                    .formatted(disk, batch.template()),
                Map.of("options", options, "template", batch.template().value())),
            new Likeness.Kind(
                "batches of %s clones, clone for clone".formatted(disk),
                Map.of("options", options))),
        batch.names().count());
  }
}
