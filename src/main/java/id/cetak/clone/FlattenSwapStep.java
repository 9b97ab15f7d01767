package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts each copy in its overlay's place, under the overlay's name. Whenever the worker dies, each
 * disk is one of the two, whole and with the same content.
 */
class FlattenSwapStep implements Step {
  private static final Duration LOOK = Duration.ofMillis(100);

  /** A QEMU opens its disks at once: one that waits this long has opened the new image. */
  private static final Duration OPENED = Duration.ofSeconds(10);

  private final Hypervisor hypervisor;
  private final Images images;
  private final Barrier barrier;

  FlattenSwapStep(Hypervisor hypervisor, Images images, Barrier barrier) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.barrier = barrier;
  }

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public @Nullable Object run(Run run) {
    FlattenPlan plan = run.plan(FlattenPlan.class);
    for (FlattenPlan.Overlay disk : plan.disks()) {
      run.check();
      if (Files.exists(disk.flat())) {
        images.replace(
            disk.image(),
            disk.flat(),
            () -> {
              if (Files.exists(disk.flat())) {
                demandUntouched(run, plan, disk);
              } else {
                awaitNobodyStarting(plan);
              }
            });
      }
    }
    if (!plan.disks().isEmpty()) {
      images.settle(plan.folder());
    }
    return null;
  }

  private void demandUntouched(Run run, FlattenPlan plan, FlattenPlan.Overlay disk) {
    hypervisor
        .find(plan.cloneId())
        .ifPresent(domain -> FlattenConditions.demandOff(domain.name(), domain));
    if (!barrier.fingerprint(disk.image()).equals(disk.fingerprint())) {
      throw new Failure(
          FailureCode.DOMAIN_RUNNING,
          "Flatten of clone %s: it was started, or its disk %s was written, while that was copied. The disk is as its guest left it; send the command again under a new id and leave the clone off."
              .formatted(run.command(Command.Flatten.class).name(), disk.target()));
    }
  }

  /**
   * A start that had opened the old image a moment before fails, because that is locked: waited
   * for, so that it does not find the lock gone. A domain that runs has opened the new image.
   */
  private void awaitNobodyStarting(FlattenPlan plan) {
    long began = System.nanoTime();
    while (isStarting(plan) && System.nanoTime() - began < OPENED.toNanos()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private boolean isStarting(FlattenPlan plan) {
    return hypervisor
        .find(plan.cloneId())
        .filter(domain -> domain.state() != PowerState.OFF && domain.state() != PowerState.RUNNING)
        .isPresent();
  }

  /** What was exchanged has the content that it had, and stays. */
  @Override
  public void undo(Run run) {}
}
