package id.cetak.proof;

import id.cetak.app.CetakConfig;
import id.cetak.clone.CloneIdentities;
import id.cetak.clone.CloneIdentities.Known;
import id.cetak.clone.CloneState;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Finds the clone in the ledger; what Cetak did not make has nothing that it could be held to. */
@ApplicationScoped
class VerifyPlanStep implements Step {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final CloneIdentities identities;
  private final CetakConfig config;

  VerifyPlanStep(CloneIdentities identities, CetakConfig config) {
    this.identities = identities;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public VerifyPlan run(Run run) {
    Name name = run.command(Command.Verify.class).name();
    Known known =
        identities
            .named(name.value())
            .filter(clone -> clone.state() != CloneState.DELETING)
            .orElseThrow(
                () ->
                    unknown(
                        name,
                        "no host has a clone of this name, or it is being removed. Correct the"
                            + " name"));
    if (!known.host().equals(config.host())) {
      throw unknown(
          name,
          "it is on host %s. Send the command to that host, or to any".formatted(known.host()));
    }
    if (known.state() == CloneState.RESERVED) {
      throw new NotYet("clone:" + name, "Clone %s is still being made.".formatted(name), ASK_AGAIN);
    }
    Duration age = run.age();
    return new VerifyPlan(known, age, age.plus(config.verify().patience()));
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}

  private static Failure unknown(Name name, String why) {
    return new Failure(
        FailureCode.CLONE_UNKNOWN, "Verification of clone %s: %s.".formatted(name, why));
  }
}
