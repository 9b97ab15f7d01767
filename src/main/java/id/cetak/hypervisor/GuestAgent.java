package id.cetak.hypervisor;

import java.util.Optional;
import java.util.UUID;

/**
 * The QEMU guest agent of running guests. Only fixed questions are asked, and nothing is changed.
 */
public interface GuestAgent {
  /**
   * Asks a guest who it is.
   *
   * @return empty when no agent answers, when it may not read files, and as long as the guest's
   *     first boot has not given it its identity
   */
  Optional<SelfReport> ask(UUID domain);
}
