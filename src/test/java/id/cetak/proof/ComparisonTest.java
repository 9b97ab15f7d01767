package id.cetak.proof;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.clone.CloneIdentities.Known;
import id.cetak.clone.CloneState;
import id.cetak.hypervisor.SelfReport;
import id.cetak.identity.HostKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final String MACHINE = "0f9bd1e46f4c4c579a3c6f8f7f1f0a01";
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  private static final String OTHER_KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJlA";

  @Test
  void a_guest_that_is_who_it_should_be_has_no_findings() {
    assertThat(findings(known(MACHINE, KEY), report("web-07", MACHINE, KEY))).isEmpty();
    assertThat(findings(known(MACHINE, KEY), report("web-07.example.org", MACHINE, KEY))).isEmpty();
    assertThat(findings(known(null), report("web-07", MACHINE, OTHER_KEY))).isEmpty();
    assertThat(findings(known(null), report("web-07", null))).isEmpty();
  }

  @Test
  void each_difference_is_found_with_both_values() {
    assertThat(findings(known(MACHINE, KEY), report("web-08", "f".repeat(32), OTHER_KEY)))
        .satisfiesExactly(
            host ->
                assertThat(host.eventData())
                    .containsEntry("what", "hostname")
                    .containsEntry("expected", "web-07")
                    .containsEntry("found", "web-08"),
            machine -> assertThat(machine.words()).contains(MACHINE, "f".repeat(32)),
            key ->
                assertThat(key.words())
                    .contains(
                        "ssh-ed25519",
                        HostKey.read(KEY).orElseThrow().fingerprint(),
                        HostKey.read(OTHER_KEY).orElseThrow().fingerprint()));
  }

  @Test
  void what_should_be_there_and_is_not_is_found() {
    assertThat(findings(known(MACHINE, KEY), report("web-07", null)))
        .extracting(Finding::found)
        .containsExactly("none", "none");
  }

  @Test
  void a_minted_key_is_found_by_its_fingerprint_alone() {
    String fingerprint = HostKey.read(KEY).orElseThrow().fingerprint();
    String other = HostKey.read(OTHER_KEY).orElseThrow().fingerprint();
    assertThat(findings(known(MACHINE, KEY), report("web-07", MACHINE, fingerprint, other)))
        .isEmpty();
    assertThat(findings(known(MACHINE, KEY), report("web-07", MACHINE, other)))
        .singleElement()
        .satisfies(finding -> assertThat(finding.found()).isEqualTo(other));
    assertThat(findings(known(MACHINE, KEY), report("web-07", MACHINE, KEY, OTHER_KEY))).hasSize(1);
  }

  @Test
  void another_instance_is_found() {
    var report =
        new SelfReport(SelfReport.Source.CONSOLE, "iid-other", "web-07", MACHINE, List.of());
    assertThat(findings(known(null), report))
        .singleElement()
        .satisfies(finding -> assertThat(finding.what()).isEqualTo("instance-id"));
  }

  private static List<Finding> findings(Known known, SelfReport report) {
    return Comparison.of(known, report);
  }

  private static Known known(@Nullable String machineId, String... minted) {
    List<HostKey> keys =
        List.of(minted).stream().map(key -> HostKey.read(key).orElseThrow()).toList();
    return new Known(ID, "web-07", "hv1", CloneState.READY, "web-07", machineId, keys);
  }

  private static SelfReport report(String name, @Nullable String machineId, String... keys) {
    return new SelfReport(SelfReport.Source.AGENT, ID.toString(), name, machineId, List.of(keys));
  }
}
