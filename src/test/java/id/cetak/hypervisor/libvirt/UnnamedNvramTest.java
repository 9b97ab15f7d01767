package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.DomainXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class UnnamedNvramTest {
  @TempDir Path folder;

  @BeforeEach
  void startOnce() throws IOException {
    Files.writeString(folder.resolve("golden_VARS.fd"), "variables");
  }

  @Test
  void uefi_variables_that_libvirt_does_not_name_are_found_where_it_keeps_them() {
    String named = named("<os firmware='efi'><type>hvm</type></os>", "golden");
    assertThat(DomainXml.parse(named).nvram()).contains(folder.resolve("golden_VARS.fd"));
  }

  @Test
  void definition_that_names_them_or_has_none_stays_as_it_is() {
    for (String os :
        new String[] {
          "<os firmware='efi'><nvram>/vars.fd</nvram></os>",
          "<os firmware='efi'><nvram type='file'><source file='/vars.fd'/></nvram></os>",
          "<os><type>hvm</type></os>",
          "<os firmware='bios'><type>hvm</type></os>"
        }) {
      assertThat(DomainXml.parse(named(os, "golden")).nvram())
          .isEqualTo(DomainXml.parse(xml(os)).nvram());
    }
  }

  @Test
  void guest_that_never_started_has_none() {
    String os = "<os firmware='efi'/>";
    assertThat(named(os, "other")).isEqualTo(xml(os));
    assertThat(named(os, "../" + folder.getFileName() + "/golden")).isEqualTo(xml(os));
  }

  private String named(String os, String domain) {
    return UnnamedNvram.named(xml(os), domain, folder);
  }

  private static String xml(String os) {
    return "<domain type='kvm'>" + os + "</domain>";
  }
}
