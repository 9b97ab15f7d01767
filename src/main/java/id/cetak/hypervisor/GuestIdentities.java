package id.cetak.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads who guests say they are, from their disks, whether they run or not. Never opens a disk for
 * writing, and takes all that it reads for a stranger's word.
 */
public interface GuestIdentities {
  /**
   * Reads many guests, several of them in one start of an appliance.
   *
   * @param guests each as its disks in order
   * @return what was found of each, in the same order; a guest that cannot be read says why
   */
  List<GuestReading> read(List<List<GuestDisk>> guests, StopSignal stop);

  /** What a NoCloud seed says, when this image is one that can be read. */
  Optional<Seed> seed(Path image);

  /** Whether a guest sees the same bytes on both disks; reads both until they differ. */
  boolean sameContent(GuestDisk one, GuestDisk other, StopSignal stop);

  /** Who a seed tells its guest to be; empty words for what it does not say. */
  record Seed(String instanceId, String hostname) {}
}
