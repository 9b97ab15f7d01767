package id.cetak.template;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.app.ImportSettings.DomainType;
import id.cetak.hypervisor.DomainXml;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The definition that an imported image gets. */
class ImportedDomainTest {
  private static final UUID ID = new UUID(1, 2);
  private static final Path FOLDER = Path.of("/images/sealed/x");

  @Test
  void it_has_the_disk_of_the_version_and_what_was_asked_for() {
    DomainXml xml = DomainXml.parse(domain(DomainType.QEMU).xml(3, 2048, null));
    assertThat(xml.type()).isEqualTo("qemu");
    assertThat(xml.disks())
        .singleElement()
        .satisfies(
            disk -> {
              assertThat(disk.file()).isEqualTo(FOLDER.resolve("disk-0.qcow2"));
              assertThat(disk.format()).isEqualTo("qcow2");
              assertThat(disk.target()).isEqualTo("vda");
              assertThat(disk.isOwnDisk()).isTrue();
            });
    assertThat(text(xml, "vcpu")).isEqualTo("3");
    assertThat(text(xml, "memory")).isEqualTo("2048");
    assertThat(xml.devices("interface").get(0).getAttribute("type")).isEqualTo("user");
    assertThat(xml.devices("serial")).hasSize(1);
    assertThat(xml.devices("channel")).hasSize(1);
    assertThat(xml.devices("rng")).hasSize(1);
  }

  @Test
  void its_words_stay_words() {
    String evil = "n'/><disk type=\"file\"/>&x;";
    DomainXml xml =
        DomainXml.parse(new ImportedDomain(evil, ID, FOLDER, DomainType.KVM).xml(1, 16, evil));
    assertThat(text(xml, "name")).isEqualTo(evil);
    assertThat(xml.disks()).hasSize(1);
    assertThat(
            DomainXml.child(xml.devices("interface").get(0), "source")
                .orElseThrow()
                .getAttribute("network"))
        .isEqualTo(evil);
    assertThat(xml.type()).isEqualTo("kvm");
  }

  @Test
  void the_same_plan_gives_the_same_text() {
    assertThat(domain(DomainType.QEMU).xml(1, 512, "default"))
        .isEqualTo(domain(DomainType.QEMU).xml(1, 512, "default"));
  }

  private static ImportedDomain domain(DomainType type) {
    return new ImportedDomain("debian-12@1", ID, FOLDER, type);
  }

  private static String text(DomainXml xml, String name) {
    return DomainXml.child(xml.root(), name).orElseThrow().getTextContent();
  }
}
