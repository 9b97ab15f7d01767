package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.lab.Libvirtd;
import id.cetak.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes of the templates, given to a real libvirt with its schema. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class CloneXmlIT {
  private static final UUID ID = UUID.fromString("5f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a05");

  @ParameterizedTest
  @CsvSource({
    "bios,vda,,",
    "bios,vda,3,lan",
    "efi,sda,,",
    "everything,vda sda,,",
    "everything,vda sda,6,lan"
  })
  void libvirt_takes_a_clone_as_valid_and_keeps_what_was_planned(
      String name, String targets, Integer cpus, String network, @TempDir Path folder)
      throws IOException {
    Libvirtd.start();
    String template = CloneXmlTest.template(name);
    int nics = DomainXml.parse(template).devices("interface").size();
    var hardware = new Hardware(cpus, cpus == null ? null : 512, network);
    CloneSpec spec = CloneXmlTest.spec(ID, hardware, nics, targets.split(" "));
    String cast =
        castText(
            template,
            new CloneSpec(
                spec.identity(), spec.lineage(), spec.files(), spec.disks(), hardware, true));
    Path file = Files.writeString(folder.resolve("clone.xml"), cast);
    Shell.must("virsh", "-q", "define", "--validate", file.toString());
    try {
      var kept = DomainXml.parse(Shell.must("virsh", "-q", "dumpxml", "--inactive", ID.toString()));
      var planned = DomainXml.parse(cast);
      assertThat(kept.macs()).isEqualTo(planned.macs());
      assertThat(kept.nvram()).isEqualTo(planned.nvram());
      assertThat(kept.disks())
          .extracting(DomainDisk::file)
          .containsExactlyInAnyOrderElementsOf(
              planned.disks().stream().map(DomainDisk::file).toList());
      assertThat(Consoles.logs(kept, spec.files()))
          .isEqualTo(Consoles.logs(planned, spec.files()))
          .isNotEmpty();
      assertThat(kept.text()).contains(DomainXml.CETAK_NAMESPACE);
    } finally {
      Shell.must("virsh", "-q", "undefine", "--nvram", ID.toString());
    }
  }

  private static String castText(String template, CloneSpec spec) {
    return CloneXml.cast(DomainXml.parse(template), spec).text();
  }
}
