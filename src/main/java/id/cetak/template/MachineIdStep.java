package id.cetak.template;

import id.cetak.hypervisor.GuestTools;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * The second pass: virt-sysprep's first one writes a fresh machine-id, which all clones would
 * share.
 */
final class MachineIdStep implements Step {
  private final GuestTools guests;

  MachineIdStep(GuestTools guests) {
    this.guests = guests;
  }

  @Override
  public String name() {
    return "machine-id";
  }

  @Override
  public @Nullable Object run(Run run) {
    guests.clearMachineId(OverlayStep.overlays(run.plan(SealPlan.class)), run);
    return null;
  }

  /** The overlays go with the step that made them. */
  @Override
  public void undo(Run run) {}
}
