package id.cetak.clone;

import static id.cetak.clone.Markup.append;

import id.cetak.hypervisor.DomainXml;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Puts the seed behind the other virtio disks on the PCI bus. Left to itself, libvirt takes the
 * first free slot; where somebody had removed a device, that lies before the root disk, and Linux,
 * which names virtio disks in the order of their slots, would call the seed {@code vda}.
 */
final class SeedSlot {
  private static final String ROOT_PORT = "pcie-root-port";
  private static final int SLOTS = 32;

  private final DomainXml xml;

  private SeedSlot(DomainXml xml) {
    this.xml = xml;
  }

  private record Place(int bus, int slot) {}

  /** Leaves the choice to libvirt where the other disks are on no bus that it understands. */
  static void choose(DomainXml xml, Element seed) {
    var slots = new SeedSlot(xml);
    slots.lastDisk().flatMap(slots::behind).ifPresent(place -> address(seed, place));
  }

  private Optional<Place> lastDisk() {
    return xml.devices("disk").stream()
        .filter(SeedSlot::isVirtio)
        .flatMap(disk -> DomainXml.child(disk, "address").stream())
        .flatMap(SeedSlot::place)
        .max(Comparator.comparingInt(Place::bus).thenComparingInt(Place::slot));
  }

  private Optional<Place> behind(Place disk) {
    if (disk.bus() == 0) {
      return IntStream.range(disk.slot() + 1, SLOTS)
          .mapToObj(slot -> new Place(0, slot))
          .filter(place -> !taken().contains(place))
          .findFirst();
    }
    List<Integer> ports = buses(ROOT_PORT);
    return ports.contains(disk.bus())
        ? Optional.of(new Place(portBehind(disk.bus(), ports), 0))
        : Optional.empty();
  }

  /** One slot to a root port: a free port, or a new one. */
  private int portBehind(int bus, List<Integer> ports) {
    Set<Integer> taken = taken().stream().map(Place::bus).collect(Collectors.toSet());
    return ports.stream()
        .filter(port -> port > bus && !taken.contains(port))
        .min(Comparator.naturalOrder())
        .orElseGet(this::addPort);
  }

  private int addPort() {
    int index = buses("").stream().max(Comparator.naturalOrder()).orElse(0) + 1;
    Element devices = DomainXml.child(xml.root(), "devices").orElseThrow();
    Element port = append(devices, "controller");
    port.setAttribute("type", "pci");
    port.setAttribute("index", Integer.toString(index));
    port.setAttribute("model", ROOT_PORT);
    return index;
  }

  /** The buses behind the PCI controllers of a model; of all when the model is empty. */
  private List<Integer> buses(String model) {
    return xml.devices("controller").stream()
        .filter(c -> c.getAttribute("type").equals("pci"))
        .filter(c -> model.isEmpty() || c.getAttribute("model").equals(model))
        .flatMap(c -> number(c.getAttribute("index")).stream())
        .toList();
  }

  private Set<Place> taken() {
    NodeList all = xml.document().getElementsByTagName("address");
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> (Element) all.item(i))
        .flatMap(SeedSlot::place)
        .collect(Collectors.toSet());
  }

  private static boolean isVirtio(Element disk) {
    return DomainXml.child(disk, "target")
        .filter(target -> target.getAttribute("bus").equals("virtio"))
        .isPresent();
  }

  private static Stream<Place> place(Element address) {
    return address.getAttribute("type").equals("pci")
        ? number(address.getAttribute("bus"))
            .flatMap(bus -> number(address.getAttribute("slot")).map(slot -> new Place(bus, slot)))
            .stream()
        : Stream.empty();
  }

  /** Decimal, or hexadecimal as libvirt writes it; an address without numbers is no place. */
  private static Optional<Integer> number(String text) {
    return text.matches("0x[0-9a-fA-F]{1,4}|0|[1-9][0-9]{0,4}")
        ? Optional.of(Integer.decode(text))
        : Optional.empty();
  }

  private static void address(Element seed, Place place) {
    Element address = append(seed, "address");
    address.setAttribute("type", "pci");
    address.setAttribute("domain", "0x0000");
    address.setAttribute("bus", "0x%02x".formatted(place.bus()));
    address.setAttribute("slot", "0x%02x".formatted(place.slot()));
    address.setAttribute("function", "0x0");
  }
}
