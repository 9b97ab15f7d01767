package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.command.Command.Disk;
import id.cetak.hypervisor.DomainXml;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineageTest {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final Lineage WHOLE =
      new Lineage(
          ID,
          "debian-12",
          3,
          "d".repeat(64),
          2,
          "order-4711/3",
          "order-4711",
          Disk.FULL,
          "web-07",
          ID.toString(),
          List.of("52:54:00:00:00:01", "52:54:00:00:00:02"),
          Map.of("course", "<ops> & \"more\"", "term", "1"));

  @Test
  void what_is_written_is_read_back() {
    assertThat(Lineage.of(domain(WHOLE.text()))).contains(WHOLE);
  }

  @Test
  void what_nobody_knows_is_left_out_and_read_back_as_unknown() {
    var least =
        new Lineage(
            ID, "t", 1, null, 0, null, null, Disk.LINKED, "h", ID.toString(), List.of(), Map.of());
    assertThat(least.text()).doesNotContain("digest", "command", "batch=");
    assertThat(Lineage.of(domain(least.text()))).contains(least);
  }

  @Test
  void a_domain_without_metadata_says_nothing() {
    var plain = DomainXml.parse("<domain><name>x</name></domain>");
    assertThat(Lineage.marks(plain)).isFalse();
    assertThat(Lineage.of(plain)).isEmpty();
    var others = domain("<other:clone xmlns:other=\"urn:other:1\" id=\"" + ID + "\"/>");
    assertThat(Lineage.marks(others)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hostname", "instance-id", "disk", "template", "version", "fence", "id"})
  void metadata_that_lacks_something_is_a_mark_but_says_nothing(String attribute) {
    var lacking = domain(WHOLE.text().replaceFirst(" " + attribute + "=\"[^\"]*\"", ""));
    assertThat(Lineage.marks(lacking)).isTrue();
    assertThat(Lineage.of(lacking)).isEmpty();
  }

  @Test
  void what_an_older_build_wrote_still_tells_the_id() {
    var old =
        domain(
            "<cetak:clone xmlns:cetak=\"urn:cetak:domain:1\" id=\"%s\" template=\"t\" version=\"1\" fence=\"1\" command=\"c\"/>"
                .formatted(ID));
    assertThat(Lineage.of(old)).isEmpty();
    assertThat(Lineage.idOf(old)).contains(ID);
  }

  private static DomainXml domain(String metadata) {
    return DomainXml.parse("<domain><name>x</name><metadata>" + metadata + "</metadata></domain>");
  }
}
