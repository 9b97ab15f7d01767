package id.cetak.template;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import java.util.List;

/** Takes the SHA-256 of each file that the version consists of. */
final class DigestStep implements Step {
  static final String NAME = "digest";

  private final Images images;
  private final Class<? extends VersionPlan> planType;

  DigestStep(Images images, Class<? extends VersionPlan> planType) {
    this.images = images;
    this.planType = planType;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Digests run(Run run) {
    VersionPlan plan = run.plan(planType);
    List<Digests.FileDigest> files = new ArrayList<>();
    for (VersionPlan.VersionDisk disk : plan.versionDisks()) {
      files.add(digest(plan, disk.name(), run));
    }
    String nvram = plan.nvramName();
    if (nvram != null) {
      files.add(digest(plan, nvram, run));
    }
    return new Digests(files);
  }

  private Digests.FileDigest digest(VersionPlan plan, String name, Run run) {
    return new Digests.FileDigest(name, images.digest(plan.folder().resolve(name), run));
  }

  /** Reading leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
