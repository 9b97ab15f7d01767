package id.cetak.audit;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.SelfReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class InsidesTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKCgIPd1P5TuRfhMvaXmOLFTpv32MXulX462al2J8uXC";
  private static final String PRINT = "SHA256:QensVnRdD+xwIhN0gx/O9b8mwr4+YJSNX4RDYGJSJPo";

  private static final GuestIdentity ON_DISK =
      new GuestIdentity("old", "f".repeat(32), List.of("SHA256:old"), "iid-old", List.of("fs"));

  @Test
  void what_a_guest_says_now_goes_before_what_stood_on_its_disk() {
    var said = new SelfReport(SelfReport.Source.AGENT, "iid-1", "web", ID, List.of(KEY));
    assertThat(Insides.of(ON_DISK, said))
        .isEqualTo(new GuestIdentity("web", ID, List.of(PRINT), "iid-1", List.of("fs")));
  }

  @Test
  void what_it_does_not_say_is_taken_from_the_disk() {
    var said = new SelfReport(SelfReport.Source.AGENT, null, "localhost", null, List.of("none"));
    assertThat(Insides.of(ON_DISK, said)).isEqualTo(ON_DISK);
  }

  @Test
  void guest_whose_disk_is_closed_is_known_by_its_own_word_alone() {
    var said = new SelfReport(SelfReport.Source.AGENT, null, "web", ID, List.of(KEY));
    assertThat(Insides.of(null, said))
        .isEqualTo(new GuestIdentity("web", ID, List.of(PRINT), null, List.of()));
  }
}
