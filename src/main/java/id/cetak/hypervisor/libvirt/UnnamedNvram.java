package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.DomainXml;
import java.nio.file.Files;
import java.nio.file.Path;
import org.w3c.dom.Element;

/**
 * Before 9.2, libvirt chose a firmware at each start and kept out of the definition which file
 * holds the guest's UEFI variables. A clone without them lacks the boot entries, and most guests
 * that installed a boot loader of their own would not start.
 */
final class UnnamedNvram {
  /** Where libvirt's system daemon puts them, in every version. */
  static final Path FOLDER = Path.of("/var/lib/libvirt/qemu/nvram");

  private UnnamedNvram() {}

  /**
   * The definition with the file named, when there is one and the definition names none.
   *
   * @param folder where libvirt keeps such files
   */
  static String named(String xml, String domain, Path folder) {
    // Most definitions show at a glance that there is nothing to do.
    if (!xml.contains(" firmware=") || xml.contains("<nvram")) {
      return xml;
    }
    Path file = folder.resolve(domain + "_VARS.fd");
    if (!folder.equals(file.getParent()) || !Files.isRegularFile(file)) {
      return xml;
    }
    DomainXml definition = DomainXml.parse(xml);
    DomainXml.child(definition.root(), "os")
        .filter(os -> os.getAttribute("firmware").equals("efi"))
        .ifPresent(os -> name(os, file));
    return definition.text();
  }

  private static void name(Element os, Path file) {
    Element nvram = os.getOwnerDocument().createElement("nvram");
    nvram.setTextContent(file.toString());
    os.appendChild(nvram);
  }
}
