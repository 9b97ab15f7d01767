package id.cetak.identity;

import id.cetak.hypervisor.DomainXml;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * What can be known of a guest's machine-id before it boots. systemd from 249 on takes an empty one
 * from the system's UUID when it sees KVM or plain QEMU (its pull request 19403), and makes a
 * random one when it sees anything else. Said only where nothing in the definition hides the
 * hypervisor.
 */
public final class MachineId {
  private static final int FIRST_SYSTEMD = 249;

  private MachineId() {}

  /**
   * The machine-id that a clone will have.
   *
   * @param definition the clone's, with its UUID in it
   * @param systemd the guest's version of systemd; null when it has none or it is not known
   * @return empty when it cannot be known
   */
  public static Optional<String> of(UUID uuid, DomainXml definition, @Nullable Integer systemd) {
    return systemd != null && systemd >= FIRST_SYSTEMD && showsItsUuid(definition)
        ? Optional.of(uuid.toString().replace("-", ""))
        : Optional.empty();
  }

  private static boolean showsItsUuid(DomainXml definition) {
    Element root = definition.root();
    return (definition.type().equals("kvm") || definition.type().equals("qemu"))
        && isPc(root)
        && !saysOtherwise(root)
        && !isHidden(root);
  }

  /** Elsewhere the UUID comes to the guest by other ways, or not at all. */
  private static boolean isPc(Element root) {
    return DomainXml.child(root, "os")
        .flatMap(os -> DomainXml.child(os, "type"))
        .filter(type -> type.getAttribute("arch").equals("x86_64"))
        .isPresent();
  }

  private static boolean saysOtherwise(Element root) {
    return DomainXml.child(root, "os")
        .flatMap(os -> DomainXml.child(os, "cmdline"))
        .filter(line -> line.getTextContent().contains("machine_id"))
        .isPresent();
  }

  /** A guest that is told of Hyper-V, or of no hypervisor, makes a random id. */
  private static boolean isHidden(Element root) {
    boolean features =
        DomainXml.child(root, "features")
            .filter(f -> DomainXml.child(f, "hyperv").isPresent() || hidesKvm(f))
            .isPresent();
    boolean processor =
        DomainXml.child(root, "cpu").stream()
            .flatMap(cpu -> DomainXml.children(cpu, "feature").stream())
            .anyMatch(
                feature ->
                    feature.getAttribute("name").equals("hypervisor")
                        && feature.getAttribute("policy").equals("disable"));
    boolean smbios =
        DomainXml.children(root, "sysinfo").stream()
            .anyMatch(sysinfo -> DomainXml.child(sysinfo, "system").isPresent());
    return features || processor || smbios;
  }

  private static boolean hidesKvm(Element features) {
    return DomainXml.child(features, "kvm")
        .flatMap(kvm -> DomainXml.child(kvm, "hidden"))
        .filter(hidden -> hidden.getAttribute("state").equals("on"))
        .isPresent();
  }
}
