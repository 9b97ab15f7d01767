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

  DigestStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Digests run(Run run) {
    SealPlan plan = run.plan(SealPlan.class);
    List<Digests.FileDigest> files = new ArrayList<>();
    for (int n = 0; n < plan.disks().size(); n++) {
      files.add(digest(plan, SealPlan.diskName(n), run));
    }
    if (plan.nvram() != null) {
      files.add(digest(plan, SealPlan.NVRAM, run));
    }
    return new Digests(files);
  }

  private Digests.FileDigest digest(SealPlan plan, String name, Run run) {
    return new Digests.FileDigest(name, images.digest(plan.folder().resolve(name), run));
  }

  /** Reading leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
