package id.cetak.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DomainXmlTest {
  private static final String DOMAIN =
      "<domain type='qemu'><name>n</name><metadata>%s</metadata><devices>"
          + "<disk type='file' device='disk'><source file='/d'/></disk></devices></domain>";

  @Test
  void metadata_that_only_libvirt_takes_does_not_hide_a_domain() {
    String attributes =
        IntStream.range(0, 10_001)
            .mapToObj(n -> " a" + n + "='1'")
            .collect(Collectors.joining("", "<x:y xmlns:x='urn:x'", "/>"));
    for (String metadata :
        new String[] {"<x:y><metadata/></x:y>", attributes, "<x:y><![CDATA[</metadata>]]></x:y>"}) {
      DomainXml xml = DomainXml.parse(DOMAIN.formatted(metadata));
      assertThat(xml.disks()).hasSize(1);
      assertThat(xml.root().getElementsByTagName("metadata").getLength()).isZero();
    }
  }

  @Test
  void metadata_that_can_be_read_is_kept() {
    assertThat(DomainXml.parse(DOMAIN.formatted("<x:y xmlns:x='urn:x'>kept</x:y>")).text())
        .contains("kept");
  }

  @Test
  void what_is_broken_elsewhere_or_has_a_document_type_is_refused() {
    assertThatThrownBy(() -> DomainXml.parse(DOMAIN.formatted("<x:y/>").replace("</name>", "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DomainXml.parse("<!DOCTYPE d>" + DOMAIN.formatted("")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
