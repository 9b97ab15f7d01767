package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.DomainXml;
import java.util.List;
import java.util.UUID;
import org.libvirt.LibvirtException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Writes Cetak's own element into a domain's metadata. */
final class Describer {
  private static final String PREFIX = "cetak";

  private final Connections connections;

  Describer(Connections connections) {
    this.connections = connections;
  }

  /** As {@link id.cetak.hypervisor.Hypervisor#describe} says; doing it again changes nothing. */
  void describe(UUID uuid, String element) {
    String bare = withoutNamespace(element);
    connections.change(
        "Metadata of domain " + uuid,
        link ->
            DomainReader.read(
                () -> link.connect().domainLookupByUUID(uuid), domain -> set(domain, bare)));
  }

  private static String set(org.libvirt.Domain domain, String element) throws LibvirtException {
    int flags = NativeLibvirt.VIR_DOMAIN_AFFECT_CONFIG;
    if (domain.isActive() == 1) {
      flags |= NativeLibvirt.VIR_DOMAIN_AFFECT_LIVE;
    }
    domain.setMetadata(
        NativeLibvirt.VIR_DOMAIN_METADATA_ELEMENT,
        element,
        PREFIX,
        DomainXml.CETAK_NAMESPACE,
        flags);
    return element;
  }

  /** libvirt puts the namespace on every element itself, and refuses a prefix that is there. */
  private static String withoutNamespace(String element) {
    DomainXml xml = DomainXml.parse(element);
    xml.root().removeAttribute("xmlns:" + PREFIX);
    strip(xml.document(), xml.root());
    return xml.text();
  }

  private static void strip(Document document, Element element) {
    List<Element> children = DomainXml.children(element, null);
    children.forEach(child -> strip(document, child));
    document.renameNode(element, null, element.getLocalName());
  }
}
