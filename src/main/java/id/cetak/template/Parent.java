package id.cetak.template;

import id.cetak.hypervisor.DomainXml;
import org.jspecify.annotations.Nullable;

/** Reads from a domain's metadata which version it was cast from. */
final class Parent {
  private Parent() {}

  /** The version's number when the domain was cast from this template; else null. */
  static @Nullable Integer of(DomainXml xml, String template) {
    return DomainXml.child(xml.root(), "metadata")
        .flatMap(
            metadata ->
                DomainXml.children(metadata, null).stream()
                    .filter(e -> DomainXml.CETAK_NAMESPACE.equals(e.getNamespaceURI()))
                    .findFirst())
        .filter(cast -> template.equals(cast.getAttribute("template")))
        .map(cast -> cast.getAttribute("version"))
        .filter(version -> version.matches("[0-9]{1,9}"))
        .map(Integer::valueOf)
        .orElse(null);
  }
}
