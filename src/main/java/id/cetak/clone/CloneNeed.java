package id.cetak.clone;

import id.cetak.admission.Need;
import id.cetak.command.Command.Disk;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import id.cetak.template.SealedDisk;
import id.cetak.template.SealedVersion;

/** The room that one clone takes at its making. */
public final class CloneNeed {
  private static final long MIB = 1L << 20;

  /** An overlay starts with 200 KiB, a seed has 400 KiB, UEFI variables have at most 64 MiB. */
  private static final long LINKED_DISK_BYTES = MIB;

  private static final long SMALL_FILES_BYTES = 2 * MIB;
  private static final long NVRAM_BYTES = 64 * MIB;

  /** The folder, the seed, the UEFI variables, and two for consoles. */
  private static final int SMALL_FILES = 5;

  private CloneNeed() {}

  /**
   * A full copy takes the room that the sealed image takes, not the size that the guest sees: what
   * guests write later is for the reserve that the configuration keeps free.
   */
  public static Need of(SealedVersion version, Disk disk, Images images, StopSignal stop) {
    long bytes = SMALL_FILES_BYTES + (version.nvram() == null ? 0 : NVRAM_BYTES);
    for (SealedDisk sealed : version.disks()) {
      bytes +=
          switch (disk) {
            case LINKED -> LINKED_DISK_BYTES;
            case FULL -> images.inspect(sealed.image(), sealed.format(), stop).actualSizeBytes();
          };
    }
    return new Need(bytes, SMALL_FILES + version.disks().size());
  }
}
