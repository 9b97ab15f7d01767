package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a running guest to power off and waits; one that is off is left alone. Then notes what its
 * disks look like: from here on nobody may write them until they have been read.
 */
final class ShutdownStep implements Step {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofMillis(250);

  static final String NAME = "shutdown";

  private final Hypervisor hypervisor;
  private final Barrier barrier;

  ShutdownStep(Hypervisor hypervisor, Barrier barrier) {
    this.hypervisor = hypervisor;
    this.barrier = barrier;
  }

  /** The fingerprints of the source disks, in order, with the domain off. */
  record Sources(List<String> fingerprints) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Sources run(Run run) {
    SealPlan plan = run.plan(SealPlan.class);
    long began = System.nanoTime();
    long asked = began - ASK_AGAIN.toNanos();
    while (!isOff(plan)) {
      run.check();
      if (!run.command(Command.Sysprep.class).shutdown()) {
        throw running(run, "it was started after the seal had begun");
      }
      long now = System.nanoTime();
      if (now - began > PATIENCE.toNanos()) {
        throw running(run, "it did not power off within " + PATIENCE.toMinutes() + " minutes");
      }
      if (now - asked >= ASK_AGAIN.toNanos()) {
        hypervisor.shutdown(plan.domain());
        asked = now;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return new Sources(
        plan.disks().stream().map(disk -> barrier.fingerprint(disk.source())).toList());
  }

  private boolean isOff(SealPlan plan) {
    return hypervisor.find(plan.domain()).map(Domain::state).orElse(PowerState.OFF)
        == PowerState.OFF;
  }

  private static Failure running(Run run, String why) {
    return new Failure(
        FailureCode.DOMAIN_RUNNING,
        "Domain '%s' cannot be sealed: %s. Shut it down and send the command again under a new id."
            .formatted(run.command(Command.Sysprep.class).domain(), why));
  }

  /** A guest that was asked to power off stays off: its owner starts it again. */
  @Override
  public void undo(Run run) {}
}
