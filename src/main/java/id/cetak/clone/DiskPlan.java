package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.template.SealedDisk;
import id.cetak.template.SealedVersion;
import java.util.ArrayList;
import java.util.List;

/** Which disks a clone gets, and how large. The first one of a version is the root disk. */
final class DiskPlan {
  private static final long GIB = 1L << 30;

  private DiskPlan() {}

  /**
   * @throws Failure {@code INVALID} when the command wants a smaller root disk than the template's:
   *     QEMU would cut it off without a word
   */
  static List<PlannedDisk> of(Command.Clone command, SealedVersion version, CloneFiles files) {
    var disks = new ArrayList<PlannedDisk>();
    for (SealedDisk sealed : version.disks()) {
      long sealedBytes = sealed.virtualSizeBytes();
      long sizeBytes = disks.isEmpty() ? rootBytes(command, version, sealedBytes) : sealedBytes;
      disks.add(
          new PlannedDisk(
              sealed.target(),
              files.disk(disks.size()),
              sealed.image(),
              sealed.format(),
              sizeBytes,
              sizeBytes > sealedBytes));
    }
    return disks;
  }

  private static long rootBytes(Command.Clone command, SealedVersion version, long sealedBytes) {
    Integer wantedGiB = command.diskGiB();
    if (wantedGiB == null) {
      return sealedBytes;
    }
    if (wantedGiB * GIB < sealedBytes) {
      throw Failure.of(
          FailureCode.INVALID,
          "Clone %s: 'diskGiB' is %d, but the root disk of %s@%d has %d bytes and a disk only grows."
              .formatted(
                  command.name(), wantedGiB, version.template(), version.version(), sealedBytes),
          "Give %d or more, or leave it out.".formatted((sealedBytes + GIB - 1) / GIB));
    }
    return wantedGiB * GIB;
  }
}
