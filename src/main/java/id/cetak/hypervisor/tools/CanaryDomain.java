package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.DomainXml;
import java.nio.file.Path;
import java.util.UUID;
import org.w3c.dom.Element;

/**
 * A domain that only the hook stops: its disk is a sealed one, but read-only, which QEMU itself
 * would open.
 */
final class CanaryDomain {
  /** How every refusal of Cetak's hook begins. */
  static final String HOOKS_WORDS = "Cetak:";

  static final String SKELETON =
      """
      <domain type='qemu'>
        <name/>
        <uuid/>
        <memory unit='MiB'>16</memory>
        <os><type>hvm</type></os>
        <on_poweroff>destroy</on_poweroff>
        <devices>
          <disk type='file' device='disk'>
            <driver name='qemu' type='qcow2'/>
            <source/>
            <target dev='vda' bus='virtio'/>
            <readonly/>
          </disk>
          <controller type='usb' model='none'/>
          <memballoon model='none'/>
        </devices>
      </domain>
      """;

  private CanaryDomain() {}

  /** A name and UUID of its own each time, so that two proofs never meet. */
  static String xml(Path disk) {
    return xml(SKELETON, disk, "qcow2");
  }

  /** Of a skeleton whose first disk is to be this file. */
  static String xml(String skeleton, Path disk, String format) {
    DomainXml domain = DomainXml.parse(skeleton);
    UUID id = UUID.randomUUID();
    child(domain.root(), "name").setTextContent("cetak-canary-" + id);
    child(domain.root(), "uuid").setTextContent(id.toString());
    Element device = domain.devices("disk").get(0);
    child(device, "source").setAttribute("file", disk.toString());
    child(device, "driver").setAttribute("type", format);
    return domain.text();
  }

  private static Element child(Element parent, String name) {
    return DomainXml.child(parent, name).orElseThrow();
  }
}
