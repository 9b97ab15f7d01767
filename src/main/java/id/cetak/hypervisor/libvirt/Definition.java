package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the adapter must know of a domain's definition. */
final class Definition {
  private final DomainXml xml;

  private Definition(DomainXml xml) {
    this.xml = xml;
  }

  /**
   * @throws Failure {@code HYPERVISOR_REFUSED} when this is no XML
   */
  static Definition parse(String xml) {
    try {
      return new Definition(DomainXml.parse(xml));
    } catch (IllegalArgumentException e) {
      throw LibvirtErrors.failure(
          FailureCode.HYPERVISOR_REFUSED,
          "Reading of a domain's definition",
          String.valueOf(e.getMessage()));
    }
  }

  String name() {
    return text("name");
  }

  /** Empty when the definition leaves the choice to libvirt. */
  Optional<UUID> uuid() {
    try {
      return Optional.of(UUID.fromString(text("uuid")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** In small letters, as people write them either way. */
  Set<String> macs() {
    return xml.macs().stream()
        .map(mac -> mac.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** See {@link Shapes}. */
  String shape() {
    return Shapes.of(xml.root());
  }

  /** Whether that domain has another name or UUID, so that this does not replace it. */
  boolean isAnother(Domain domain) {
    return !domain.name().equals(name()) || !Optional.of(domain.uuid()).equals(uuid());
  }

  /** libvirt may have chosen an NVRAM file itself, for a firmware that was only named. */
  boolean mayHaveNvram() {
    return DomainXml.child(xml.root(), "os")
        .filter(
            os ->
                os.hasAttribute("firmware")
                    || DomainXml.child(os, "loader").isPresent()
                    || DomainXml.child(os, "nvram").isPresent())
        .isPresent();
  }

  private String text(String element) {
    return DomainXml.child(xml.root(), element)
        .map(found -> found.getTextContent().strip())
        .orElse("");
  }
}
