package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.DomainXml;
import java.util.Set;
import java.util.TreeSet;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.w3c.dom.Element;

/** What libvirt says of itself and of its host. */
final class Capabilities {
  private Capabilities() {}

  /** Which libvirt and which hypervisor answer. */
  static String version(Connect connect) throws LibvirtException {
    return "libvirt %s, %s %s"
        .formatted(
            dotted(connect.getLibVersion()), connect.getType(), dotted(connect.getVersion()));
  }

  private static String dotted(long version) {
    return version / 1_000_000 + "." + version / 1_000 % 1_000 + "." + version % 1_000;
  }

  /** The types of domain, over all architectures: only the host's own has {@code kvm}. */
  static Set<String> domainTypes(Connect connect) throws LibvirtException {
    Set<String> types = new TreeSet<>();
    Element root = DomainXml.parse(connect.getCapabilities()).root();
    for (Element guest : DomainXml.children(root, "guest")) {
      for (Element arch : DomainXml.children(guest, "arch")) {
        DomainXml.children(arch, "domain").forEach(d -> types.add(d.getAttribute("type")));
      }
    }
    return types;
  }
}
