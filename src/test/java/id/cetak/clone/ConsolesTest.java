package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.DomainXml;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConsolesTest {
  private static final CloneFiles FILES = new CloneFiles(Path.of("/clones/a"));

  @Test
  void only_files_of_the_clones_own_folder_are_read() {
    assertThat(
            Consoles.logs(
                xml(
                    "<serial type='file'><source path='/clones/a/serial-0.log'/></serial>"
                        + "<console type='file'><source path='/clones/a/serial-0.log'/></console>"
                        + "<serial type='file'><source path='/etc/shadow'/></serial>"
                        + "<serial type='file'><source path='/clones/a/../b/x.log'/></serial>"
                        + "<serial type='pty'><log file='/clones/a/console.log'/></serial>"),
                FILES))
        .containsExactly(Path.of("/clones/a/serial-0.log"), Path.of("/clones/a/console.log"));
  }

  @Test
  void a_console_that_leaves_no_trace_is_kept() {
    for (String devices : new String[] {"", "<serial type='pty'/>", "<serial type='tcp'/>"}) {
      DomainXml xml = xml(devices);
      Consoles.keepOne(xml, FILES);
      assertThat(Consoles.logs(xml, FILES)).containsExactly(Path.of("/clones/a/console.log"));
      assertThat(xml.devices("serial")).hasSize(1);
    }
  }

  @Test
  void a_console_that_is_a_file_already_stays_as_it_is() {
    DomainXml xml = xml("<serial type='file'><source path='/clones/a/serial-0.log'/></serial>");
    String before = xml.text();
    Consoles.keepOne(xml, FILES);
    assertThat(xml.text()).isEqualTo(before);
  }

  private static DomainXml xml(String devices) {
    return DomainXml.parse("<domain><devices>" + devices + "</devices></domain>");
  }
}
