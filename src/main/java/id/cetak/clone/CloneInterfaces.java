package id.cetak.clone;

import static id.cetak.clone.Markup.childOf;
import static id.cetak.clone.Markup.removeAttributes;
import static id.cetak.clone.Markup.removeChildren;

import id.cetak.hypervisor.DomainXml;
import java.util.List;
import java.util.Set;
import org.w3c.dom.Element;

/**
 * The network interfaces and the vsock of a clone's definition: nothing of the template's address.
 */
final class CloneInterfaces {
  /** Filter parameters that pin an interface to one address; libvirt learns it without them. */
  private static final Set<String> ADDRESSES = Set.of("IP", "IPV6", "MAC");

  private CloneInterfaces() {}

  static void renew(DomainXml xml, CloneSpec spec) {
    List<Element> interfaces = xml.devices("interface");
    for (int nic = 0; nic < interfaces.size(); nic++) {
      renew(interfaces.get(nic), spec.identity().macs().get(nic));
    }
    String network = spec.hardware().network();
    if (network != null) {
      interfaces.stream().findFirst().ifPresent(first -> connect(first, network));
    }
    xml.devices("vsock").forEach(CloneInterfaces::renewVsock);
  }

  private static void renew(Element nic, String address) {
    Element mac = childOf(nic, "mac");
    removeAttributes(mac, "type", "check");
    mac.setAttribute("address", address);
    removeChildren(nic, "target");
    // An alias that a person gave begins with ua-, and another device may refer to it.
    removeChildren(nic, "alias", alias -> !alias.getAttribute("name").startsWith("ua-"));
    DomainXml.child(nic, "source").ifPresent(source -> removeAttributes(source, "portid"));
    for (Element port : DomainXml.children(nic, "virtualport")) {
      DomainXml.children(port, "parameters")
          .forEach(parameters -> removeAttributes(parameters, "interfaceid", "instanceid"));
    }
    for (Element filter : DomainXml.children(nic, "filterref")) {
      removeChildren(filter, "parameter", p -> ADDRESSES.contains(p.getAttribute("name")));
    }
  }

  private static void connect(Element nic, String network) {
    nic.setAttribute("type", "network");
    // The kind of port, and a user-mode stack's settings, belong to what it was on.
    removeChildren(nic, "source", "virtualport", "portForward", "ip", "route");
    removeChildren(nic, "backend", backend -> backend.hasAttribute("type"));
    Element source = Markup.insert(nic, "source", childOf(nic, "mac").getNextSibling());
    source.setAttribute("network", network);
  }

  /** Two running guests of a host cannot have one address: libvirt picks it at each start. */
  private static void renewVsock(Element vsock) {
    Element cid = childOf(vsock, "cid");
    cid.setAttribute("auto", "yes");
    cid.removeAttribute("address");
  }
}
