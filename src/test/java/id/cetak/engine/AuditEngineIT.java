package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.SelfReport;
import id.cetak.lab.Broker;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An audit by the real engine: asked of all hosts, read by each, judged once, told once. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class AuditEngineIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SHARED = "0123456789abcdef0123456789abcdef";

  private static Broker broker;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
    vm("audited-one", SHARED);
    vm("audited-two", SHARED);
    FakeHost.golden("audited-locked");
    FakeHost.golden("audited-saying");
    UUID saying = FakeHost.HYPERVISOR.find("audited-saying").orElseThrow().uuid();
    FakeHost.HYPERVISOR.start(saying);
    FakeHost.AGENT.answer(
        saying, new SelfReport(SelfReport.Source.AGENT, null, "saying", SHARED, List.of()));
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @Test
  void audit_of_the_fleet_tells_what_is_shared_and_what_was_not_read() {
    broker.send("any", audit("audit-fleet"));
    broker.send("any", audit("audit-fleet"));
    Broker.Seen outcome = broker.outcome("audit-fleet", SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.audit.completed");
    JsonNode data = outcome.data();
    assertThat(data.get("hosts").toString()).contains("engine");
    JsonNode finding = finding(data, "machine-id");
    assertThat(finding.get("values").get(0).asText()).isEqualTo(SHARED);
    assertThat(finding.get("vms").findValuesAsText("name"))
        .containsExactly("audited-one", "audited-saying", "audited-two");
    assertThat(finding.get("cause").asText()).isNotBlank();
    // The golden VMs of this host in memory all have one address.
    assertThat(finding(data, "mac").get("vms").findValuesAsText("name"))
        .contains("audited-one", "audited-two", "audited-locked");
    assertThat(data.get("vmsUnread").findValuesAsText("name")).contains("audited-locked");
    assertThat(broker.outcomeIds().get("audit-fleet")).hasSize(1);
    assertThat(
            Witness.rows(
                "select state from job where type = 'AUDIT_HOST' and command_id like"
                    + " 'audit-fleet%'"))
        .isNotEmpty()
        .allMatch("COMPLETED"::equals);
  }

  @Test
  void libvirt_that_does_not_answer_at_once_is_asked_again() {
    FakeHost.HYPERVISOR.failBefore(
        "domains", new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "libvirt is away."));
    broker.send("host.engine", audit("audit-again"));
    Broker.Seen outcome = broker.outcome("audit-again", SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.audit.completed");
    assertThat(outcome.data().get("unread")).isEmpty();
  }

  private static void vm(String name, String machineId) {
    FakeHost.golden(name);
    FakeHost.IDENTITIES.put(
        FakeHost.DIRECTORY.resolve("vms").resolve(name + ".qcow2"),
        new GuestIdentity(name, machineId, List.of("SHA256:" + name), null, List.of(name)));
  }

  private static JsonNode finding(JsonNode data, String kind) {
    for (JsonNode finding : data.get("findings")) {
      if (finding.get("kind").asText().equals(kind)
          && finding.get("vms").findValuesAsText("name").contains("audited-one")) {
        return finding;
      }
    }
    throw new AssertionError("no " + kind + " among " + data.get("findings"));
  }

  private static String audit(String id) {
    return "{\"command\": \"audit\", \"id\": \"" + id + "\"}";
  }
}
