package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.PowerState;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * Turns what libvirt says of a domain into words of the port. Each question is a round trip, about
 * a tenth of what defining a domain takes, so each reading asks for no more than it says; a handle
 * knows its name and UUID itself.
 */
final class DomainReader {
  /** Reads one thing of a domain, and leaves the handle to its owner. */
  interface Reading<T extends @Nullable Object> {
    T of(org.libvirt.Domain domain) throws LibvirtException;
  }

  /** Finds a domain's handle. */
  interface Lookup {
    org.libvirt.Domain get() throws LibvirtException;
  }

  /** libvirt's number for a domain that is not active. */
  private static final int INACTIVE = -1;

  private DomainReader() {}

  /** Looks up, reads and frees a domain; empty when there is none, or when it went meanwhile. */
  static <T> Optional<T> present(Lookup lookup, Reading<T> reading) throws LibvirtException {
    try {
      return Optional.of(read(lookup, reading));
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Like {@link #present}, for a domain that must be there. */
  static <T> T read(Lookup lookup, Reading<T> reading) throws LibvirtException {
    org.libvirt.Domain domain = lookup.get();
    try {
      return reading.of(domain);
    } finally {
      domain.free();
    }
  }

  /** With the definition that the next start goes by. */
  static Domain inactive(org.libvirt.Domain domain) throws LibvirtException {
    return domain(domain, NativeLibvirt.VIR_DOMAIN_XML_INACTIVE);
  }

  /** With the definition of what runs now; the same as inactive for a domain that is off. */
  static Domain live(org.libvirt.Domain domain) throws LibvirtException {
    return domain(domain, 0);
  }

  static UUID uuid(org.libvirt.Domain domain) throws LibvirtException {
    return UUID.fromString(domain.getUUIDString());
  }

  static DomainRecords records(org.libvirt.Domain domain) throws LibvirtException {
    return new DomainRecords(
        domain.getAutostart(),
        domain.hasManagedSaveImage() == 1,
        domain.snapshotNum(),
        checkpoints(domain));
  }

  static int checkpoints(org.libvirt.Domain domain) throws LibvirtException {
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

  private static Domain domain(org.libvirt.Domain domain, int xmlFlags) throws LibvirtException {
    // The number of an active domain came with the handle, so one that is off needs no question.
    PowerState state = domain.getID() == INACTIVE ? PowerState.OFF : state(domain);
    String name = domain.getName();
    return new Domain(
        name,
        uuid(domain),
        state,
        UnnamedNvram.named(domain.getXMLDesc(xmlFlags), name, UnnamedNvram.FOLDER),
        // A transient domain that goes off is gone.
        state == PowerState.OFF || domain.isPersistent() == 1);
  }

  private static PowerState state(org.libvirt.Domain domain) throws LibvirtException {
    return switch (domain.getInfo().state) {
      case VIR_DOMAIN_SHUTOFF -> PowerState.OFF;
      case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED, VIR_DOMAIN_SHUTDOWN -> PowerState.RUNNING;
      case VIR_DOMAIN_PAUSED -> PowerState.PAUSED;
      default -> PowerState.OTHER;
    };
  }
}
