package id.cetak.clone;

import static id.cetak.clone.Markup.append;
import static id.cetak.clone.Markup.childOf;
import static id.cetak.clone.Markup.remove;
import static id.cetak.clone.Markup.removeChildren;
import static id.cetak.clone.Markup.setText;

import id.cetak.hypervisor.DomainXml;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.w3c.dom.Element;

/**
 * Turns a template's recorded definition into a clone's. What would be the same in two clones and
 * must not be is made new, derived from the clone's id, so that the same plan gives the same text;
 * everything else stays as it was recorded, known to this build or not.
 *
 * <p>Here: the parts that are about the domain as a whole. {@link CloneDisks}, {@link
 * CloneInterfaces} and {@link CloneConsoles} do the devices, {@link CloneHardware} the sizes.
 */
final class CloneXml {
  private static final String LIBOSINFO = "http://libosinfo.org/xmlns/libvirt/domain/1.0";

  private CloneXml() {}

  /**
   * Makes a template's definition a clone's.
   *
   * @param template the inactive definition, as libvirt wrote it; it becomes the clone's
   * @return a definition that libvirt's schema accepts when it accepts the template's
   */
  static DomainXml cast(DomainXml template, CloneSpec spec) {
    Element root = template.root();
    names(root, spec);
    metadata(root, spec.lineage());
    firmware(root, spec);
    smbios(root, spec.identity().id());
    securityLabels(root);
    CloneHardware.resize(template, spec.hardware());
    CloneDisks.replace(template, spec);
    CloneInterfaces.renew(template, spec);
    CloneConsoles.renew(template, spec.files());
    if (spec.heard()) {
      Consoles.keepOne(template, spec.files());
    }
    template.devices("tpm").forEach(CloneXml::tpm);
    return template;
  }

  private static void names(Element root, CloneSpec spec) {
    root.removeAttribute("id");
    // hwuuid is what the guest would see in place of the UUID, the same in every clone.
    removeChildren(root, "title", "description", "hwuuid");
    setText(root, "name", spec.identity().name());
    setText(root, "uuid", spec.identity().id().toString());
    DomainXml.child(root, "genid")
        .ifPresent(genid -> genid.setTextContent(derived(spec.identity().id(), "genid")));
  }

  /**
   * Tools find their own VMs by metadata, so the template's does not go to its clones, but for the
   * name of the guest's operating system.
   */
  private static void metadata(Element root, Lineage lineage) {
    Element metadata = childOf(root, "metadata");
    DomainXml.children(metadata, null).stream()
        .filter(element -> !LIBOSINFO.equals(element.getNamespaceURI()))
        .toList()
        .forEach(Markup::remove);
    metadata.appendChild(lineage.element(root.getOwnerDocument()));
  }

  /**
   * UEFI variables get a path even where the template names none: libvirt would make the file under
   * the domain's name, where it stays behind and the next VM of that name finds it.
   */
  private static void firmware(Element root, CloneSpec spec) {
    DomainXml.child(root, "os")
        .filter(CloneXml::keepsVariables)
        .map(os -> childOf(os, "nvram"))
        .ifPresent(nvram -> place(nvram, spec.files().nvram().toString()));
  }

  private static boolean keepsVariables(Element os) {
    var loader = DomainXml.child(os, "loader");
    boolean stateless = loader.filter(l -> l.getAttribute("stateless").equals("yes")).isPresent();
    boolean flash = loader.filter(l -> l.getAttribute("type").equals("pflash")).isPresent();
    boolean efi = os.getAttribute("firmware").equals("efi");
    return DomainXml.child(os, "nvram").isPresent() || (!stateless && (flash || efi));
  }

  private static void place(Element nvram, String path) {
    if (DomainXml.child(nvram, "source").isEmpty()) {
      nvram.setTextContent(path);
      return;
    }
    removeChildren(nvram, "source");
    nvram.setAttribute("type", "file");
    append(nvram, "source").setAttribute("file", path);
  }

  /**
   * The system's UUID must be the domain's, or libvirt refuses it. The serial numbers go too: one
   * can be a cloud-init seed ({@code ds=nocloud;...}), which wins over the clone's own.
   */
  private static void smbios(Element root, UUID id) {
    for (Element sysinfo : DomainXml.children(root, "sysinfo")) {
      for (Element table : DomainXml.children(sysinfo, null)) {
        for (Element entry : DomainXml.children(table, "entry")) {
          String name = entry.getAttribute("name");
          if (name.equals("uuid") || name.equals("serial")) {
            entry.setTextContent(id.toString());
          }
        }
      }
    }
  }

  /** A static label belongs to one VM; without it libvirt makes one for each. */
  private static void securityLabels(Element root) {
    for (Element label : DomainXml.children(root, "seclabel")) {
      if (label.getAttribute("type").equals("static")) {
        remove(label);
      } else {
        removeChildren(label, "label", "imagelabel");
      }
    }
  }

  /** libvirt keeps an emulated TPM's secrets under the domain's UUID when no place is named. */
  private static void tpm(Element tpm) {
    DomainXml.children(tpm, "backend").stream()
        .filter(backend -> backend.getAttribute("type").equals("emulator"))
        .forEach(backend -> removeChildren(backend, "source"));
  }

  /** An id that belongs to one use in one clone, the same each time. */
  static String derived(UUID id, String use) {
    return UUID.nameUUIDFromBytes((id + "/" + use).getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** As {@link #derived}, as hexadecimal digits. */
  static String derivedDigits(UUID id, String use, int digits) {
    return derived(id, use).replace("-", "").substring(0, digits);
  }
}
