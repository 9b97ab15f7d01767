package id.cetak.hypervisor.libvirt;

import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.DomainXml;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.w3c.dom.Element;

/** The links of domains' interfaces: up or down, as a cable is in or out. */
final class LinkStates {
  private static final int LIVE = 1;
  private static final int CONFIG = 2;

  private final Connections connections;

  LinkStates(Connections connections) {
    this.connections = connections;
  }

  /** The addresses of the interfaces whose link is up, now or at the next start. */
  List<String> up(UUID uuid) {
    return connections.look(
        "Look at the links of domain " + uuid,
        link ->
            DomainReader.present(
                    () -> link.connect().domainLookupByUUID(uuid),
                    domain -> {
                      List<String> up = new ArrayList<>(addresses(definition(domain, CONFIG)));
                      addresses(definition(domain, LIVE)).stream()
                          .filter(mac -> !up.contains(mac))
                          .forEach(up::add);
                      return List.copyOf(up);
                    })
                .orElse(List.of()));
  }

  /** As {@link id.cetak.hypervisor.Hypervisor#setLinks} says. */
  void set(UUID uuid, Collection<String> macs, boolean up) {
    String what = "Setting the links of domain %s %s".formatted(uuid, up ? "up" : "down");
    Optional<UUID> set =
        connections.change(
            what,
            link ->
                DomainReader.present(
                    () -> link.connect().domainLookupByUUID(uuid),
                    domain -> {
                      set(domain, macs, up, CONFIG);
                      if (domain.isActive() == 1) {
                        set(domain, macs, up, LIVE);
                      }
                      return uuid;
                    }));
    List<String> now = up(uuid);
    boolean reached = up ? now.containsAll(macs) : macs.stream().noneMatch(now::contains);
    if (set.isPresent() && !reached) {
      throw LibvirtErrors.failure(
          FailureCode.OUTCOME_UNKNOWN, what, "libvirt says that it did, but they are as before");
    }
    if (set.isEmpty()) {
      throw LibvirtErrors.unknownDomain(what);
    }
  }

  private static void set(Domain domain, Collection<String> macs, boolean up, int affect)
      throws LibvirtException {
    DomainXml definition = definition(domain, affect);
    for (Element nic : definition.devices("interface")) {
      if (macs.contains(address(nic)) && isUp(nic) != up) {
        DomainXml.children(nic, "link").forEach(nic::removeChild);
        Element link = nic.getOwnerDocument().createElement("link");
        link.setAttribute("state", up ? "up" : "down");
        nic.appendChild(link);
        domain.updateDeviceFlags(DomainXml.text(nic), affect);
      }
    }
  }

  private static DomainXml definition(Domain domain, int affect) throws LibvirtException {
    int flags = affect == CONFIG ? NativeLibvirt.VIR_DOMAIN_XML_INACTIVE : 0;
    return DomainXml.parse(domain.getXMLDesc(flags));
  }

  private static List<String> addresses(DomainXml definition) {
    return definition.devices("interface").stream()
        .filter(LinkStates::isUp)
        .map(LinkStates::address)
        .toList();
  }

  private static boolean isUp(Element nic) {
    return DomainXml.child(nic, "link")
        .filter(link -> link.getAttribute("state").equals("down"))
        .isEmpty();
  }

  private static String address(Element nic) {
    return DomainXml.child(nic, "mac").map(mac -> mac.getAttribute("address")).orElse("");
  }
}
