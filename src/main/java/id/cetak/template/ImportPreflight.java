package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.command.Import;
import id.cetak.hypervisor.StopSignal;
import id.cetak.preflight.Likeness;
import id.cetak.preflight.Preflight;
import id.cetak.preflight.Remark;
import id.cetak.preflight.Report;
import id.cetak.preflight.Severity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** The dry run of an import: a first look at the file, which is not copied. */
@ApplicationScoped
class ImportPreflight implements Preflight {
  private final ImportInspection imports;
  private final SealInspection inspection;
  private final BarrierWatch barrier;
  private final VersionStore versions;

  ImportPreflight(
      ImportInspection imports,
      SealInspection inspection,
      BarrierWatch barrier,
      VersionStore versions) {
    this.imports = imports;
    this.inspection = inspection;
    this.barrier = barrier;
    this.versions = versions;
  }

  @Override
  public CommandType of() {
    return CommandType.IMPORT;
  }

  @Override
  public void look(Command command, StopSignal stop, Report report) {
    Import asked = (Import) command;
    String template = asked.template().value();
    report.plan("template", template);
    report.plan("version", versions.nextNumber(template));
    imports
        .inspect(asked, barrier.missing(), report)
        .ifPresent(
            found -> {
              report.plan("format", found.source().format());
              report.plan("virtualSizeBytes", found.source().virtualSizeBytes());
              report.needs(found.need());
              inspection.lookForRoom(ImportInspection.what(asked), found.need(), report);
            });
    report.remark(
        Remark.GUEST_UNREAD,
        Severity.NOTE,
        "Only the beginning of the file was looked at: its digest, its whole structure and what is inside are judged on the copy, which may still be refused.",
        "");
    report.like(new Likeness(List.of(new Likeness.Kind("imports", Map.of())), 1));
  }
}
