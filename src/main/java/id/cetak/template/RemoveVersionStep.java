package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Removes a retired version's folder, and looks that it is gone. */
final class RemoveVersionStep implements Step {
  private final Images images;

  RemoveVersionStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "files";
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public @Nullable Object run(Run run) {
    run.check();
    Path folder = run.plan(RetirePlan.class).folder();
    images.remove(folder);
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new Failure(
          FailureCode.OUTCOME_UNKNOWN,
          "Retirement of %s: %s was removed, but is still there. Looked at again."
              .formatted(run.plan(RetirePlan.class).label(), folder));
    }
    return null;
  }

  /** Cannot be taken back; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("Removed files cannot be brought back");
  }
}
