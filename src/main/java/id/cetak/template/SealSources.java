package id.cetak.template;

import id.cetak.admission.Need;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The disks that a seal reads, and the room that the overlays and the flat images take. */
record SealSources(List<SealPlan.PlannedDisk> disks, Need need) {
  /** Only for a domain without faults: each disk of its own is an image file. */
  static SealSources of(DomainXml xml, Images images, StopSignal stop) {
    List<SealPlan.PlannedDisk> disks = new ArrayList<>();
    long neededBytes = 0;
    for (DomainDisk disk : xml.disks().stream().filter(DomainDisk::isOwnDisk).toList()) {
      Path source = Objects.requireNonNull(disk.file());
      ImageFacts facts = images.inspect(source, disk.format(), stop);
      // A chain of overlays says nothing of its whole content: the worst case is the full virtual
      // size.
      neededBytes +=
          facts.backingFile() == null ? facts.actualSizeBytes() : facts.virtualSizeBytes();
      disks.add(
          new SealPlan.PlannedDisk(disk.target(), source, disk.format(), facts.virtualSizeBytes()));
    }
    return new SealSources(disks, new Need(neededBytes, 2L * disks.size() + 3));
  }
}
