package id.cetak.clone;

import id.cetak.admission.Admission;
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

/** The dry run of a clone. */
@ApplicationScoped
class ClonePreflight implements Preflight {
  private final Versions versions;
  private final CloneConditions conditions;
  private final Admission admission;
  private final ClonePreview preview;

  ClonePreflight(
      Versions versions, CloneConditions conditions, Admission admission, ClonePreview preview) {
    this.versions = versions;
    this.conditions = conditions;
    this.admission = admission;
    this.preview = preview;
  }

  @Override
  public CommandType of() {
    return CommandType.CLONE;
  }

  @Override
  public void look(Command command, StopSignal stop, Report report) {
    Command.Clone clone = (Command.Clone) command;
    Optional<SealedVersion> version =
        report.tried(() -> versions.look(clone.template(), clone.version()));
    preview.checkNames(List.of(clone.name()), report);
    version.ifPresent(
        castable -> {
          preview.tell(clone, castable, report);
          conditions
              .check(clone, castable, stop, report)
              .ifPresent(
                  need -> {
                    report.needs(need);
                    admission.look(CloneClaims.applicant(clone.name()), need, report);
                  });
        });
    report.like(likeness(clone));
  }

  private static Likeness likeness(Command.Clone clone) {
    String disk = clone.disk().word();
    Map<String, Object> kind = Map.of("disk", clone.disk().name(), "start", clone.start());
    return new Likeness(
        List.of(
            new Likeness.Kind(
                "%s clones of template '%s'".formatted(disk, clone.template()),
                Map.of(
                    "disk", clone.disk().name(),
                    "start", clone.start(),
                    "template", clone.template().value())),
            new Likeness.Kind(disk + " clones", kind)),
        1);
  }
}
