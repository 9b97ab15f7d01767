package id.cetak.template;

import id.cetak.command.DrillPart;
import id.cetak.fleet.FanOut;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import java.util.List;

/** Drills this host's versions, one after the other. Cut off in the middle it drills all again. */
final class DrillVersionsStep implements Step {
  private final VersionStore versions;
  private final BarrierDrill drill;

  DrillVersionsStep(VersionStore versions, BarrierDrill drill) {
    this.versions = versions;
    this.drill = drill;
  }

  @Override
  public String name() {
    return FanOut.REPORT;
  }

  @Override
  public DrillReport run(Run run) {
    DrillPart part = run.command(DrillPart.class);
    List<Drilled> drilled = new ArrayList<>();
    for (TemplateVersion version : versions.sealedHere()) {
      if (isWanted(version, part)) {
        run.check();
        drill.drill(version, run).ifPresent(drilled::add);
      }
    }
    return new DrillReport(drilled);
  }

  private static boolean isWanted(TemplateVersion version, DrillPart part) {
    return (part.template() == null || part.template().value().equals(version.template))
        && (part.version() == null || part.version() == version.version);
  }

  /** A drill leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
