package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Texts of a hostile guest that a careless pattern would read a million times over. */
class HostileTextTest {
  private static final int LENGTH = 20_000;
  private static final int TIMES = 40;

  private static final List<String> FILLINGS =
      List.of(
          "\n",
          "\r",
          " ",
          "\n ",
          "\u0085",
          "\u2028",
          "a",
          "a:",
          "{",
          ", ",
          "'",
          "ds",
          "ds=",
          "\rds=a ",
          "instance-id",
          "instance-id ",
          "instance-id:\n",
          "datasource ",
          "datasource:\n",
          "policy:\r",
          "InitiatorName ",
          "seedfrom ",
          "user-data\n",
          "aa:bb:",
          "aaaa.",
          "usr/",
          "/usr/a/\n",
          "/");

  @Test
  void no_pattern_reads_a_guests_text_more_than_a_few_times() {
    Map<String, Consumer<CharSequence>> readers =
        Map.of(
            "instance id of a seed", text -> NoCloudSeed.value(text, "instance-id"),
            "seed key", finding(CloudInitPins.SEED_KEY),
            "ds-identify", finding(CloudInitPins.IDENTIFY),
            "kernel command line", finding(CloudInitPins.KERNEL),
            "iSCSI initiator", finding(Attestation.INITIATOR),
            "MAC address", finding(NetworkMacs.MAC),
            "vendor's file", text -> NetworkMacs.VENDORS.matcher(text).matches());
    readers.forEach(
        (name, reader) -> {
          for (String filling : FILLINGS) {
            var text = new Counted(filling.repeat(LENGTH / filling.length()) + "\n");
            reader.accept(text);
            assertThat(text.reads)
                .as("%s, of many %s", name, filling.strip())
                .isLessThan(LENGTH * TIMES);
          }
        });
  }

  @Test
  void a_link_that_no_file_system_can_have_leads_nowhere() {
    String target = "a/".repeat(500_000) + "../".repeat(500_000);
    assertThat(GuestTree.resolve("/etc/x", target)).isEqualTo(target);
    assertThat(GuestTree.resolve("/etc/x", "a/../../y")).isEqualTo("/y");
  }

  @Test
  void what_patterns_found_before_they_were_bounded_they_still_find() {
    assertThat(NoCloudSeed.value("\n \t instance-id : \n 'i-1'", "instance-id")).isEqualTo("i-1");
    assertThat(NoCloudSeed.value("{\"a\": 1, \"instance-id\":\"i-2\"}", "instance-id"))
        .isEqualTo("i-2");
    assertThat(CloudInitPins.IDENTIFY.matcher("#\n\n  policy :\tdisabled").find()).isTrue();
    assertThat(CloudInitPins.KERNEL.matcher("x\nGRUB=\"quiet ds=nocloud\"").find()).isTrue();
    assertThat(CloudInitPins.KERNEL.matcher("x\n# ds=nocloud").find()).isFalse();
    assertThat(Attestation.INITIATOR.matcher("#\n\n InitiatorName = iqn").find()).isTrue();
    for (String vendors : List.of("/usr/lib/x", "/lib/a/b", "/dev/null", "/run/x")) {
      assertThat(NetworkMacs.VENDORS.matcher(vendors).matches()).as(vendors).isTrue();
    }
    for (String own : List.of("/usr/local/lib/x", "/etc/x", "/usr/x", "/usr/lib/a\nb")) {
      assertThat(NetworkMacs.VENDORS.matcher(own).matches()).as(own).isFalse();
    }
  }

  private static Consumer<CharSequence> finding(Pattern pattern) {
    return text -> {
      var matcher = pattern.matcher(text);
      while (matcher.find()) {
        assertThat(matcher.end()).isPositive();
      }
    };
  }

  /** A text that counts how often one of its characters is read. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long reads;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      reads++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
