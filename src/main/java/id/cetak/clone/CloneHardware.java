package id.cetak.clone;

import static id.cetak.clone.Markup.remove;
import static id.cetak.clone.Markup.removeAttributes;
import static id.cetak.clone.Markup.removeChildren;
import static id.cetak.clone.Markup.setText;

import id.cetak.hypervisor.DomainXml;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/** Another number of CPUs or another memory size, with all that would contradict it taken out. */
final class CloneHardware {
  private CloneHardware() {}

  static void resize(DomainXml xml, Hardware hardware) {
    Integer cpus = hardware.cpus();
    if (cpus != null) {
      cpus(xml.root(), cpus);
    }
    Integer memoryMiB = hardware.memoryMiB();
    if (memoryMiB != null) {
      memory(xml, memoryMiB);
    }
  }

  private static void cpus(Element root, int cpus) {
    removeAttributes(setText(root, "vcpu", Integer.toString(cpus)), "current", "cpuset");
    removeChildren(root, "vcpus");
    Optional<Element> cpu = DomainXml.child(root, "cpu");
    cpu.ifPresent(c -> removeChildren(c, "topology", topology -> !fits(topology, cpus)));
    removeNuma(root);
    // Pinning names CPUs one by one; libvirt refuses it for a CPU that is not there.
    DomainXml.child(root, "cputune")
        .ifPresent(tune -> removeChildren(tune, "vcpupin", "vcpusched", "cachetune", "memorytune"));
  }

  /** One with a number that libvirt would not write fits nothing. */
  private static boolean fits(Element topology, int cpus) {
    List<String> counts =
        Stream.of("sockets", "dies", "clusters", "cores", "threads")
            .map(topology::getAttribute)
            .filter(count -> !count.isEmpty())
            .toList();
    return counts.stream().allMatch(count -> count.matches("[0-9]{1,9}"))
        && counts.stream().mapToDouble(Double::parseDouble).reduce(1, (a, b) -> a * b) == cpus;
  }

  private static void memory(DomainXml xml, int memoryMiB) {
    for (String name : List.of("memory", "currentMemory")) {
      setText(xml.root(), name, Integer.toString(memoryMiB)).setAttribute("unit", "MiB");
    }
    // Plugged modules count into the size and need NUMA cells: both are of the old size.
    removeChildren(xml.root(), "maxMemory");
    xml.devices("memory").forEach(Markup::remove);
    removeNuma(xml.root());
  }

  /** Guest NUMA cells share out CPUs and memory, and fit no other size. */
  private static void removeNuma(Element root) {
    DomainXml.child(root, "cpu").ifPresent(cpu -> removeChildren(cpu, "numa"));
    DomainXml.child(root, "numatune")
        .ifPresent(
            tune -> {
              removeChildren(tune, "memnode");
              if (DomainXml.children(tune, null).isEmpty()) {
                remove(tune);
              }
            });
  }
}
