package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.hypervisor.GuestTools;
import id.cetak.hypervisor.SysprepOptions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * The first pass over the overlays. Cut off in the middle it is simply run again: cleaning twice is
 * cleaning once.
 */
final class SysprepStep implements Step {
  private final GuestTools guests;

  SysprepStep(GuestTools guests) {
    this.guests = guests;
  }

  @Override
  public String name() {
    return "sysprep";
  }

  @Override
  public @Nullable Object run(Run run) {
    Command.Sysprep command = run.command(Command.Sysprep.class);
    guests.sysprep(
        OverlayStep.overlays(run.plan(SealPlan.class)),
        new SysprepOptions(command.keepSshAuthorizedKeys(), command.removePaths()),
        run);
    return null;
  }

  /** The overlays go with the step that made them. */
  @Override
  public void undo(Run run) {}
}
