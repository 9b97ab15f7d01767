package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import java.util.Optional;
import java.util.UUID;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Turns what libvirt says of a domain into a {@link Domain}. */
final class DomainReader {
  /** Which of a domain's definitions is read. */
  enum Reading {
    /** What the next start goes by. */
    INACTIVE(NativeLibvirt.VIR_DOMAIN_XML_INACTIVE),
    /** What runs now; the same as inactive for a domain that is off. */
    LIVE(0);

    private final int flags;

    Reading(int flags) {
      this.flags = flags;
    }
  }

  private DomainReader() {}

  /** Looks up, reads and frees a domain; empty when there is none, or when it went meanwhile. */
  static Optional<Domain> present(Lookup lookup, Reading reading) throws LibvirtException {
    try {
      return Optional.of(read(lookup.get(), reading));
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Domain read(org.libvirt.Domain domain, Reading reading) throws LibvirtException {
    try {
      return new Domain(
          domain.getName(),
          UUID.fromString(domain.getUUIDString()),
          state(domain),
          domain.getXMLDesc(reading.flags),
          domain.isPersistent() == 1,
          domain.getAutostart(),
          domain.hasManagedSaveImage() == 1,
          domain.snapshotNum(),
          checkpoints(domain));
    } finally {
      domain.free();
    }
  }

  private static PowerState state(org.libvirt.Domain domain) throws LibvirtException {
    return switch (domain.getInfo().state) {
      case VIR_DOMAIN_SHUTOFF -> PowerState.OFF;
      case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED, VIR_DOMAIN_SHUTDOWN -> PowerState.RUNNING;
      case VIR_DOMAIN_PAUSED -> PowerState.PAUSED;
      default -> PowerState.OTHER;
    };
  }

  private static int checkpoints(org.libvirt.Domain domain) throws LibvirtException {
    try {
      DomainCheckpoint[] checkpoints = domain.listAllCheckpoints(0);
      for (DomainCheckpoint checkpoint : checkpoints) {
        checkpoint.free();
      }
      return checkpoints.length;
    } catch (LibvirtException e) {
      // A driver without checkpoints has none.
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_SUPPORT) {
        return 0;
      }
      throw e;
    }
  }

  /** Finds a domain's handle. */
  interface Lookup {
    org.libvirt.Domain get() throws LibvirtException;
  }
}
