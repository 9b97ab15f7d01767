package id.cetak.template;

import id.cetak.hypervisor.GuestTools;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;

/** Reads the guest, read-only, and journals what was found, good or bad. */
final class AttestStep implements Step {
  static final String NAME = "attest";

  private final GuestTools guests;
  private final Class<? extends VersionPlan> planType;

  AttestStep(GuestTools guests, Class<? extends VersionPlan> planType) {
    this.guests = guests;
    this.planType = planType;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Attestation run(Run run) {
    VersionPlan plan = run.plan(planType);
    return new Attestation(
        switch (plan.kind()) {
          case SYSPREPPED -> guests.attest(plan.attested(), run);
          case CLOUD_IMAGE -> guests.attestNeverBooted(plan.attested(), run);
        });
  }

  /** Reading leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
