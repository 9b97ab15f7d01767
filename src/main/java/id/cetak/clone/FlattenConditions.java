package id.cetak.clone;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What must hold of a clone before its disks are copied, and how much there is to copy. */
@ApplicationScoped
class FlattenConditions {
  private static final long MIB = 1L << 20;

  private final Hypervisor hypervisor;
  private final Images images;
  private final Barrier barrier;
  private final String host;

  FlattenConditions(Hypervisor hypervisor, Images images, Barrier barrier, CetakConfig config) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.barrier = barrier;
    this.host = config.host();
  }

  /**
   * The clone's disks that lie on another image.
   *
   * @throws Failure {@code DOMAIN_UNKNOWN}, {@code DOMAIN_RUNNING}, or {@code DOMAIN_UNFIT} for
   *     what a copy would lose
   */
  List<FlattenPlan.Overlay> demand(CloneEntries.Entry clone, Path folder, StopSignal stop) {
    Domain domain =
        hypervisor
            .find(clone.id())
            .orElseThrow(
                () ->
                    refusal(
                        FailureCode.DOMAIN_UNKNOWN,
                        clone,
                        "libvirt on host %s knows its domain no more. Remove what is left of it with the command delete."
                            .formatted(host)));
    demandOff(clone.name(), domain);
    demandNoRecords(clone);
    var overlays = new ArrayList<FlattenPlan.Overlay>();
    for (DomainDisk disk : DomainXml.parse(domain.xml()).disks()) {
      Path image = disk.file();
      if (image == null || !disk.isOwnDisk() || !image.startsWith(folder)) {
        continue;
      }
      ImageFacts facts = images.inspect(image, disk.format(), stop);
      if (facts.backingFile() == null) {
        continue;
      }
      if (facts.snapshots() > 0) {
        throw refusal(
            FailureCode.DOMAIN_UNFIT,
            clone,
            "%s has %d snapshots inside, which a copy would lose. Delete them with qemu-img snapshot first."
                .formatted(image, facts.snapshots()));
      }
      overlays.add(
          new FlattenPlan.Overlay(
              disk.target(), image, barrier.fingerprint(image), facts.virtualSizeBytes()));
    }
    return overlays;
  }

  /**
   * @throws Failure {@code DOMAIN_RUNNING} when it is not off
   */
  static void demandOff(String name, Domain domain) {
    if (domain.state() != PowerState.OFF) {
      throw new Failure(
          FailureCode.DOMAIN_RUNNING,
          "Flatten of clone %s: it is %s. Shut it down, and send the command again under a new id; it can be started when clone.flattened has come."
              .formatted(name, domain.state().name().toLowerCase(Locale.ROOT)));
    }
  }

  private void demandNoRecords(CloneEntries.Entry clone) {
    DomainRecords records = hypervisor.records(clone.id());
    var kept = new ArrayList<String>();
    if (records.snapshots() > 0) {
      kept.add("%d snapshots (virsh snapshot-delete)".formatted(records.snapshots()));
    }
    if (records.checkpoints() > 0) {
      kept.add("%d checkpoints (virsh checkpoint-delete)".formatted(records.checkpoints()));
    }
    if (records.managedSave()) {
      kept.add("a saved memory (virsh start and shut it down, or virsh managedsave-remove)");
    }
    if (!kept.isEmpty()) {
      throw refusal(
          FailureCode.DOMAIN_UNFIT,
          clone,
          "libvirt keeps %s, which would not fit the copied disks. Remove that first."
              .formatted(String.join(", ", kept)));
    }
  }

  /** A copy takes what the whole chain takes at most, and never more than the guest sees. */
  Need need(List<FlattenPlan.Overlay> disks, StopSignal stop) {
    long bytes = 0;
    for (FlattenPlan.Overlay disk : disks) {
      bytes += MIB + Math.min(disk.sizeBytes(), chainBytes(disk.image(), stop));
    }
    return new Need(bytes, disks.size());
  }

  private long chainBytes(Path top, StopSignal stop) {
    long bytes = 0;
    Path image = top;
    String format = "qcow2";
    while (image != null && format != null) {
      ImageFacts facts = images.inspect(image, format, stop);
      bytes += facts.actualSizeBytes();
      image = facts.backingFile();
      format = facts.backingFormat();
    }
    return bytes;
  }

  private static Failure refusal(FailureCode code, CloneEntries.Entry clone, String why) {
    return new Failure(code, "Flatten of clone %s: %s".formatted(clone.name(), why));
  }
}
