package id.cetak.hypervisor.libvirt;

import java.util.UUID;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** What an operator does to a domain that must not be sealed then. */
final class Burden {
  private Burden() {}

  /** Gives a domain that is off a snapshot, autostart and a managed save; closes the connection. */
  static void on(Connect connect, UUID uuid) throws LibvirtException {
    Domain domain = connect.domainLookupByUUID(uuid);
    domain.setAutostart(true);
    domain.snapshotCreateXML("<domainsnapshot><name>before</name></domainsnapshot>").free();
    domain.create();
    domain.managedSave();
    domain.free();
    connect.close();
  }
}
