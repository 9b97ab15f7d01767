package id.cetak.hypervisor;

import java.util.List;

/**
 * What Cetak does inside a guest that is switched off. All disks of the guest are given together,
 * in order.
 */
public interface GuestTools {
  /**
   * Cleans the guest's identity with virt-sysprep and installs the first-boot unit that makes SSH
   * host keys and takes the host name where there is no cloud-init. Leaves a machine-id behind:
   * {@link #clearMachineId} must follow.
   *
   * @throws id.cetak.failure.Failure {@code SYSPREP_FAILED} with the tool's own last words
   */
  void sysprep(List<GuestDisk> disks, SysprepOptions options, StopSignal stop);

  /**
   * The second pass: empties the machine-id, which virt-sysprep's default run writes anew, and does
   * what depends on the make of the guest.
   */
  void clearMachineId(List<GuestDisk> disks, StopSignal stop);

  /** Reads the guest, read-only, and says for each point whether an identity is left. */
  List<Check> attest(List<GuestDisk> disks, StopSignal stop);

  /**
   * As {@link #attest}, for an image that has never run: says also whether it bears the marks of a
   * boot.
   */
  List<Check> attestNeverBooted(List<GuestDisk> disks, StopSignal stop);

  /**
   * One point of an attestation.
   *
   * @param name a constant word, such as {@code machine-id}
   * @param finding what was found, for people
   */
  record Check(String name, boolean passed, String finding) {}
}
