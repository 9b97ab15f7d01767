package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.GuestTools.Check;
import id.cetak.hypervisor.SelfReport;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The first-boot proof on a real broker and a real database, with guests that say what a test says.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class ProofIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String VERIFIED = ", \"start\": true, \"verify\": true";

  private static Broker broker;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
    FakeHost.GUESTS.find(
        new Check("machine-id", true, "empty"), new Check("first-boot", true, "cloud-init"));
    FakeHost.golden("proof");
    broker.send("host.engine", Commands.sysprep("proof-seal", "proof", "proof", ""));
    assertThat(broker.outcome("proof-seal", SOON).type()).isEqualTo("cetak.template.sealed");
    FakeHost.GUESTS.find(new Check("machine-id", true, "empty"));
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @Test
  void a_guest_that_is_who_it_should_be_is_verified_and_kept_in_the_ledger() {
    JsonNode clone = clone("good", ", \"sshHostKeys\": \"minted\"");
    String key = clone.at("/sshHostKeys/0/publicKey").asText();
    String machineId = id();
    answer(clone, "good", machineId, key);
    Broker.Seen seen = broker.outcome("good/verify", SOON);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.verified");
    assertThat(seen.data().get("source").asText()).isEqualTo("agent");
    assertThat(seen.data().get("machineId").asText()).isEqualTo(machineId);
    assertThat(seen.data().at("/sshHostKeys/0/fingerprint").asText())
        .isEqualTo(clone.at("/sshHostKeys/0/fingerprint").asText());
    assertThat(
            Witness.rows(
                "select machine_id from clone where name = 'good' and verified_at is not null"))
        .containsExactly(machineId);
    assertThat(
            Witness.rows(
                "select minted::text from ssh_host_key where clone_id = '" + uuid(clone) + "'"))
        .containsExactly("true");
    assertThat(FakeHost.HYPERVISOR.linksUp(uuid(clone))).hasSize(1);
  }

  @Test
  void of_two_guests_with_one_machine_id_and_one_host_key_the_second_is_quarantined() {
    JsonNode first = clone("twin-1", "");
    String machineId = id();
    String key = key();
    answer(first, "twin-1", machineId, key);
    assertThat(broker.outcome("twin-1/verify", SOON).type()).isEqualTo("cetak.clone.verified");
    JsonNode second = clone("twin-2", "");
    answer(second, "twin-2", machineId, key);
    Broker.Seen seen = broker.outcome("twin-2/verify", SOON);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.quarantined");
    assertThat(seen.data().get("reason").asText()).contains("twin-1", machineId, "SHA256:");
    assertThat(seen.data().get("findings"))
        .hasSize(2)
        .allMatch(finding -> finding.get("holder").asText().equals("twin-1"));
    assertThat(seen.data().get("disconnected")).hasSize(1);
    assertThat(FakeHost.HYPERVISOR.linksUp(uuid(second))).isEmpty();
    assertThat(FakeHost.HYPERVISOR.linksUp(uuid(first))).hasSize(1);
    assertThat(Witness.rows("select quarantined_for from clone where name = 'twin-2'").get(0))
        .contains("twin-1");
    broker.send("any", Commands.delete("twin-2-over", "name", "twin-2"));
    assertThat(broker.outcome("twin-2-over", SOON).type()).isEqualTo("cetak.clone.deleted");
  }

  @Test
  void a_guest_with_another_host_key_than_the_minted_one_is_quarantined_with_both() {
    JsonNode clone = clone("swapped", ", \"sshHostKeys\": \"minted\"");
    answer(clone, "swapped", id(), key());
    Broker.Seen seen = broker.outcome("swapped/verify", SOON);
    assertThat(seen.type()).isEqualTo("cetak.clone.quarantined");
    assertThat(seen.data().at("/findings/0/expected").asText())
        .isEqualTo(clone.at("/sshHostKeys/0/fingerprint").asText());
    assertThat(seen.data().at("/findings/0/found").asText()).startsWith("SHA256:");
    assertThat(FakeHost.HYPERVISOR.linksUp(uuid(clone))).isEmpty();
  }

  @Test
  void a_silent_guest_is_told_in_bounded_time_and_left_alone() {
    JsonNode clone = clone("silent", "");
    await()
        .atMost(SOON)
        .until(
            () ->
                Witness.rows("select state from job where command_id = 'silent/verify'")
                    .equals(List.of("PARKED")));
    Broker.Seen seen = broker.outcome("silent/verify", SOON);
    assertThat(seen.type()).isEqualTo("cetak.verify.failed");
    assertThat(seen.data().get("code").asText()).isEqualTo("GUEST_SILENT");
    assertThat(seen.data().get("reason").asText()).contains("within 15 s", "send verify again");
    assertThat(FakeHost.HYPERVISOR.linksUp(uuid(clone))).hasSize(1);
    // It can be asked again when it has come to speak.
    answer(clone, "silent", id(), key());
    broker.send("any", "{\"command\": \"verify\", \"id\": \"silent-2\", \"name\": \"silent\"}");
    assertThat(broker.outcome("silent-2", SOON).type()).isEqualTo("cetak.clone.verified");
  }

  @Test
  void a_repeated_clone_command_has_one_proof() {
    JsonNode clone = clone("once-more", "");
    answer(clone, "once-more", id(), key());
    broker.outcome("once-more/verify", SOON);
    broker.send("host.engine", Commands.clone("once-more", "proof", "once-more", VERIFIED));
    await().atMost(SOON).until(() -> broker.outcomes("once-more").size() >= 2);
    assertThat(broker.outcomeIds().get("once-more/verify")).hasSize(1);
    assertThat(Witness.rows("select 1 from job where command_id = 'once-more/verify'")).hasSize(1);
  }

  @Test
  void each_clone_of_a_batch_has_its_own_proof_and_the_batch_does_not_wait_for_it() {
    broker.send(
        "host.engine",
        "{\"command\": \"clone-batch\", \"id\": \"class\", \"template\": \"proof\", \"count\": 2,"
            + " \"names\": \"class-%d\""
            + VERIFIED
            + "}");
    assertThat(broker.outcome("class", SOON).data().get("completed").asInt()).isEqualTo(2);
    for (int n = 1; n <= 2; n++) {
      answer(broker.outcome("class/" + n, SOON).data(), "class-" + n, id(), key());
    }
    for (int n = 1; n <= 2; n++) {
      assertThat(broker.outcome("class/" + n + "/verify", SOON).type())
          .isEqualTo("cetak.clone.verified");
    }
  }

  @Test
  void a_clone_that_was_removed_meanwhile_ends_its_proof() {
    clone("proof-gone", "");
    broker.send("any", Commands.delete("proof-gone-over", "name", "proof-gone"));
    broker.outcome("proof-gone-over", SOON);
    Broker.Seen seen = broker.outcome("proof-gone/verify", SOON);
    assertThat(seen.type()).isEqualTo("cetak.verify.failed");
    assertThat(seen.data().get("code").asText()).isIn("DOMAIN_UNKNOWN", "CLONE_UNKNOWN");
  }

  @Test
  void of_a_guest_that_is_off_the_disks_are_read() {
    broker.send("host.engine", Commands.clone("asleep", "proof", "asleep", ""));
    JsonNode clone = broker.outcome("asleep", SOON).data();
    Broker.Seen never = verify("asleep-1", "asleep");
    assertThat(never.type()).isEqualTo("cetak.verify.failed");
    assertThat(never.data().get("code").asText()).isEqualTo("GUEST_SILENT");
    String machineId = id();
    String fingerprint = "SHA256:" + "a".repeat(11) + id();
    FakeHost.IDENTITIES.put(
        Path.of(clone.at("/disks/0/path").asText()),
        new GuestIdentity(
            "asleep", machineId, List.of(fingerprint), uuid(clone).toString(), List.of()));
    Broker.Seen seen = verify("asleep-2", "asleep");
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.verified");
    assertThat(seen.data().get("source").asText()).isEqualTo("disk");
    assertThat(seen.data().at("/sshHostKeys/0/fingerprint").asText()).isEqualTo(fingerprint);
    assertThat(Witness.rows("select machine_id from clone where name = 'asleep'"))
        .containsExactly(machineId);
  }

  private static Broker.Seen verify(String id, String name) {
    broker.send(
        "any", "{\"command\": \"verify\", \"id\": \"%s\", \"name\": \"%s\"}".formatted(id, name));
    return broker.outcome(id, SOON);
  }

  @Test
  void a_vm_that_cetak_did_not_make_is_not_asked() {
    FakeHost.golden("not-ours");
    broker.send("any", "{\"command\": \"verify\", \"id\": \"not-ours-1\", \"name\": \"not-ours\"}");
    assertThat(broker.outcome("not-ours-1", SOON).data().get("code").asText())
        .isEqualTo("CLONE_UNKNOWN");
  }

  private static JsonNode clone(String name, String more) {
    broker.send("host.engine", Commands.clone(name, "proof", name, VERIFIED + more));
    Broker.Seen seen = broker.outcome(name, SOON);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.completed");
    return seen.data();
  }

  private static UUID uuid(JsonNode clone) {
    return UUID.fromString(clone.get("uuid").asText());
  }

  private static void answer(
      JsonNode clone, String hostName, @Nullable String machineId, String... keys) {
    FakeHost.AGENT.answer(
        uuid(clone),
        new SelfReport(
            SelfReport.Source.AGENT, uuid(clone).toString(), hostName, machineId, List.of(keys)));
  }

  private static String id() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** A public key that nobody has the private half of. */
  private static String key() {
    byte[] blob = new byte[51];
    byte[] type = "ssh-ed25519".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    java.nio.ByteBuffer.wrap(blob)
        .putInt(type.length)
        .put(type)
        .putInt(32)
        .put(id().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob);
  }
}
