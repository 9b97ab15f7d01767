package id.cetak.template;

import id.cetak.hypervisor.GuestTools;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;

/** Reads the cleaned overlays, read-only, and journals what was found, good or bad. */
final class AttestStep implements Step {
  static final String NAME = "attest";

  private final GuestTools guests;

  AttestStep(GuestTools guests) {
    this.guests = guests;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Attestation run(Run run) {
    return new Attestation(guests.attest(OverlayStep.overlays(run.plan(SealPlan.class)), run));
  }

  /** Reading leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
