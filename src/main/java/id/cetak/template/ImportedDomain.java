package id.cetak.template;

import id.cetak.app.ImportSettings.DomainType;
import id.cetak.hypervisor.DomainXml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * The definition of the VM that an imported image would be: what cloud images expect, and no more.
 * Never defined itself; clones are cast from it. Built as a tree, so that no text becomes markup.
 *
 * @param name of the domain that never is
 * @param folder of the sealed image
 */
record ImportedDomain(String name, UUID id, Path folder, DomainType type) {
  private static final Path KVM = Path.of("/dev/kvm");

  String xml(int cpus, int memoryMiB, @Nullable String network) {
    DomainXml xml = DomainXml.parse("<domain/>");
    Element domain = xml.root();
    boolean kvm = usesKvm();
    domain.setAttribute("type", kvm ? "kvm" : "qemu");
    add(domain, "name", Map.of()).setTextContent(name);
    add(domain, "uuid", Map.of()).setTextContent(id.toString());
    add(domain, "memory", Map.of("unit", "MiB")).setTextContent(Integer.toString(memoryMiB));
    add(domain, "vcpu", Map.of()).setTextContent(Integer.toString(cpus));
    Element os = add(domain, "os", Map.of());
    add(os, "type", Map.of("arch", "x86_64", "machine", "q35")).setTextContent("hvm");
    add(os, "boot", Map.of("dev", "hd"));
    Element features = add(domain, "features", Map.of());
    add(features, "acpi", Map.of());
    add(features, "apic", Map.of());
    if (kvm) {
      add(domain, "cpu", Map.of("mode", "host-model"));
    }
    add(domain, "clock", Map.of("offset", "utc"));
    add(domain, "on_poweroff", Map.of()).setTextContent("destroy");
    add(domain, "on_reboot", Map.of()).setTextContent("restart");
    add(domain, "on_crash", Map.of()).setTextContent("destroy");
    Element devices = add(domain, "devices", Map.of());
    disk(devices);
    network(devices, network);
    channels(devices);
    return xml.text();
  }

  private boolean usesKvm() {
    return switch (type) {
      case KVM -> true;
      case QEMU -> false;
      // A regular file there is how a host says that its KVM is not to be used.
      case AUTO -> Files.exists(KVM) && !Files.isRegularFile(KVM);
    };
  }

  private void disk(Element devices) {
    Element disk = add(devices, "disk", Map.of("type", "file", "device", "disk"));
    add(disk, "driver", Map.of("name", "qemu", "type", "qcow2", "discard", "unmap"));
    add(disk, "source", Map.of("file", folder.resolve(VersionPlan.diskName(0)).toString()));
    add(disk, "target", Map.of("dev", ImportPlan.TARGET, "bus", "virtio"));
  }

  private static void network(Element devices, @Nullable String network) {
    Element nic = add(devices, "interface", Map.of("type", network == null ? "user" : "network"));
    if (network != null) {
      add(nic, "source", Map.of("network", network));
    }
    add(nic, "model", Map.of("type", "virtio"));
  }

  /** What a guest without a screen talks through. */
  private void channels(Element devices) {
    Element serial = add(devices, "serial", Map.of("type", "file"));
    add(serial, "source", Map.of("path", folder.resolve("console").toString(), "append", "on"));
    add(serial, "target", Map.of("port", "0"));
    Element agent = add(devices, "channel", Map.of("type", "unix"));
    add(agent, "target", Map.of("type", "virtio", "name", "org.qemu.guest_agent.0"));
    Element random = add(devices, "rng", Map.of("model", "virtio"));
    add(random, "backend", Map.of("model", "random")).setTextContent("/dev/urandom");
    add(devices, "controller", Map.of("type", "usb", "model", "none"));
  }

  private static Element add(Element parent, String name, Map<String, String> attributes) {
    Element child = parent.getOwnerDocument().createElement(name);
    attributes.forEach(child::setAttribute);
    parent.appendChild(child);
    return child;
  }
}
