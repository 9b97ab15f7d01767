package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads the disks back: none lies on another image, and each is as large as it was. No effect. */
class FlattenVerifyStep implements Step {
  private final Images images;

  FlattenVerifyStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    var faults = new ArrayList<String>();
    for (FlattenPlan.Overlay disk : run.plan(FlattenPlan.class).disks()) {
      ImageFacts facts = images.inspect(disk.image(), "qcow2", run);
      if (facts.backingFile() != null) {
        faults.add("%s lies on %s".formatted(disk.image(), facts.backingFile()));
      }
      if (facts.virtualSizeBytes() != disk.sizeBytes()) {
        faults.add(
            "%s has %d bytes instead of %d"
                .formatted(disk.image(), facts.virtualSizeBytes(), disk.sizeBytes()));
      }
    }
    if (!faults.isEmpty()) {
      throw new Failure(
          FailureCode.HYPERVISOR_REFUSED,
          "Flatten of clone %s: its disks were changed meanwhile: %s. Look for whoever changes files of this host, and send the command again under a new id."
              .formatted(run.command(Command.Flatten.class).name(), String.join("; ", faults)));
    }
    return null;
  }

  @Override
  public void undo(Run run) {}
}
