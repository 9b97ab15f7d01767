package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses to retire a version that something lies on. Stands apart from the search, so that the
 * finding is journaled first.
 */
final class RetireJudgeStep implements Step {
  private final Images images;

  RetireJudgeStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "judge";
  }

  @Override
  public @Nullable Object run(Run run) {
    RetirePlan plan = run.plan(RetirePlan.class);
    List<Dependant> found =
        run.result(DependantsStep.NAME, FoundDependants.class).orElseThrow().dependants();
    if (!found.isEmpty()) {
      throw new Failure(
          FailureCode.HAS_DEPENDANTS,
          "Retirement of %s: %d VMs lie on its images, or have a disk that cannot be read: %s. Flatten or delete them, and send the command again under a new id."
              .formatted(plan.label(), found.size(), Dependants.sentence(found)));
    }
    // A disk that was plugged into a running VM is in no definition.
    for (Path image : plan.images()) {
      if (images.inUse(image)) {
        throw new Failure(
            FailureCode.HAS_DEPENDANTS,
            "Retirement of %s: a running QEMU has %s open, and no definition says whose it is. Look for a disk that was plugged into a running VM (virsh domblklist), and send the command again under a new id."
                .formatted(plan.label(), image));
      }
    }
    return null;
  }

  /** Judging leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
