package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.DomainXml;
import org.junit.jupiter.api.Test;

class ShapesTest {
  private static final String CLONE =
      """
      <domain type='kvm'><name>web-1</name><uuid>0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01</uuid>
      <metadata><cetak:clone xmlns:cetak='urn:cetak:domain:1' command='order'/></metadata>
      <devices><disk type='file'><source file='/images/1/disk-0.qcow2'/></disk>
      <interface type='user'><mac address='52:54:00:00:00:01'/></interface></devices></domain>""";

  private final Shapes shapes = new Shapes();

  @Test
  void two_clones_of_a_template_have_one_shape() {
    String other =
        CLONE
            .replace("web-1", "web-2")
            .replace("0f9bd1e4", "0f9bd1e5")
            .replace("/images/1/", "/images/2/")
            .replace("00:01", "00:02")
            .replace("order", "another");
    assertThat(shape(other)).isEqualTo(shape(CLONE));
  }

  @Test
  void an_element_an_attribute_or_a_keyword_that_is_new_makes_another_shape() {
    assertThat(shape(CLONE.replace("</name>", "</name><bogus/>"))).isNotEqualTo(shape(CLONE));
    assertThat(shape(CLONE.replace("<source ", "<source bogus='1' "))).isNotEqualTo(shape(CLONE));
    assertThat(shape(CLONE.replace("'file'", "'block'"))).isNotEqualTo(shape(CLONE));
  }

  @Test
  void where_an_element_stands_makes_another_shape() {
    assertThat(shape("<domain><a/><b/></domain>"))
        .isNotEqualTo(shape("<domain><a><b/></a></domain>"));
  }

  @Test
  void only_what_was_accepted_is_accepted_and_the_oldest_is_forgotten() {
    assertThat(shapes.accepts("0")).isFalse();
    for (int i = 0; i < 65; i++) {
      shapes.add(Integer.toString(i));
    }
    assertThat(shapes.accepts("0")).isFalse();
    assertThat(shapes.accepts("1")).isTrue();
    assertThat(shapes.accepts("64")).isTrue();
  }

  private static String shape(String xml) {
    return Shapes.of(DomainXml.parse(xml).root());
  }
}
