package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The first-boot proof on real guests, which say on their consoles who they are. */
class VerifyIT {
  private static final Duration CLONE = Duration.ofMinutes(1);

  /** Longer than a small guest's boot on a busy machine, and what the silent guest costs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration PROOF = PATIENCE.plusSeconds(180);

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    worker =
        WorkerProcess.start(lab, Map.of("CETAK_VERIFY_WAIT", PATIENCE.toSeconds() + "s"))
            .awaitReady();
    // Its time runs while the other guests boot.
    JsonNode silent = clone("mute", "");
    Shell.must("virsh", "start", "--paused", silent.get("uuid").asText());
    broker.send("any", Commands.verify("mute-1", "mute"));
  }

  @AfterAll
  static void stop() throws Exception {
    // Guests that run on would take the machine from the tests that follow.
    List<String> names =
        Witness.rows("select name from clone where name ~ '^(proof-[12]|honest|forged|mute)$'");
    names.forEach(name -> broker.send("any", Commands.delete(name + "-end", "name", name)));
    names.forEach(name -> broker.outcome(name + "-end", CLONE));
    worker.close();
    broker.close();
  }

  @Test
  void guests_that_say_who_they_should_be_are_verified() throws IOException {
    for (String name : List.of("proof-1", "proof-2")) {
      broker.send(
          "host.lab",
          Commands.clone(name, lab.template(), name, ", \"start\": true, \"verify\": true"));
    }
    List<String> told = new ArrayList<>();
    for (String name : List.of("proof-1", "proof-2")) {
      JsonNode clone = completed(name);
      Broker.Seen proof = broker.outcome(name + "/verify", PROOF);
      assertThat(proof.type()).as(proof.body()).isEqualTo("cetak.clone.verified");
      assertThat(proof.data().get("source").asText()).isEqualTo("console");
      assertThat(proof.data().get("hostname").asText()).isEqualTo(name);
      String machineId = proof.data().get("machineId").asText();
      String fingerprint = proof.data().at("/sshHostKeys/0/fingerprint").asText();
      // What the guest's own script, which knows nothing of Cetak, says of it.
      await()
          .atMost(PROOF)
          .until(() -> console(clone).contains("machine-id=" + machineId + " ssh=" + fingerprint));
      assertThat(
              Witness.rows(
                  "select fingerprint from ssh_host_key k join clone c on c.id = k.clone_id where c.name = '%s' and c.machine_id = '%s' and c.verified_at is not null"
                      .formatted(name, machineId)))
          .containsExactly(fingerprint);
      assertThat(links(clone)).containsExactly("up", "up");
      told.addAll(List.of(machineId, fingerprint));
    }
    assertThat(told).doesNotHaveDuplicates();
  }

  @Test
  void a_guest_that_has_anothers_identity_is_taken_off_the_network() throws IOException {
    broker.send(
        "host.lab",
        Commands.clone("honest", lab.template(), "honest", ", \"start\": true, \"verify\": true"));
    JsonNode honest = completed("honest");
    JsonNode forged = clone("forged", "");
    JsonNode proof = broker.outcome("honest/verify", PROOF).data();
    forge(disk(honest), disk(forged), proof, forged.get("uuid").asText());
    Shell.must("virsh", "start", forged.get("uuid").asText());
    broker.send("any", Commands.verify("forged-1", "forged"));
    Broker.Seen seen = broker.outcome("forged-1", PROOF);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.quarantined");
    JsonNode findings = seen.data().get("findings");
    assertThat(findings)
        .satisfiesExactlyInAnyOrder(
            hostname -> {
              assertThat(hostname.get("what").asText()).isEqualTo("hostname");
              assertThat(hostname.get("expected").asText()).isEqualTo("forged");
              assertThat(hostname.get("found").asText()).isEqualTo("honest");
            },
            machineId -> {
              assertThat(machineId.get("what").asText()).isEqualTo("machine-id");
              assertThat(machineId.get("found")).isEqualTo(proof.get("machineId"));
              assertThat(machineId.get("holder").asText()).isEqualTo("honest");
            },
            key -> {
              assertThat(key.get("what").asText()).isEqualTo("SSH host key");
              assertThat(key.get("holder").asText()).isEqualTo("honest");
            });
    assertThat(links(forged)).containsExactly("down", "down");
    assertThat(links(honest)).containsExactly("up", "up");
    assertThat(Shell.must("virsh", "domstate", forged.get("uuid").asText())).contains("running");

    broker.send("any", Commands.delete("forged-over", "name", "forged"));
    assertThat(broker.outcome("forged-over", CLONE).type()).isEqualTo("cetak.clone.deleted");
    assertThat(Witness.domains()).doesNotContain(forged.get("uuid").asText());
  }

  @Test
  void a_silent_guest_is_told_and_left_alone() {
    Broker.Seen seen = broker.outcome("mute-1", PROOF);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.verify.failed");
    assertThat(seen.data().get("code").asText()).isEqualTo("GUEST_SILENT");
    assertThat(seen.data().get("durationMillis").asLong())
        .isBetween(PATIENCE.toMillis(), PROOF.toMillis());
    String uuid = Witness.rows("select id::text from clone where name = 'mute'").get(0);
    assertThat(Shell.must("virsh", "domstate", uuid)).contains("paused");
    assertThat(links(uuid)).containsExactly("up", "up");
    Shell.must("virsh", "destroy", uuid);
  }

  @Test
  void a_key_is_not_minted_for_a_guest_without_cloud_init() {
    broker.send(
        "host.lab",
        Commands.clone("keyless", lab.template(), "keyless", ", \"sshHostKeys\": \"minted\""));
    Broker.Seen seen = broker.outcome("keyless", CLONE);
    assertThat(seen.data().get("code").asText()).isEqualTo("INVALID");
    assertThat(seen.data().get("reason").asText())
        .contains("cloud-init", "Leave 'sshHostKeys' out");
  }

  /** Gives a clone that has never run what makes another guest itself. */
  private static void forge(Path from, Path to, JsonNode identity, String ownId)
      throws IOException {
    Path key = Files.createTempFile(lab.directory(), "host", ".key");
    String name = "/etc/dropbear/dropbear_ed25519_host_key";
    guestfish("--ro", from, "download", name, key.toString());
    guestfish(
        "--rw",
        to,
        "mkdir-p",
        "/etc/dropbear",
        ":",
        "upload",
        key.toString(),
        name,
        ":",
        "chmod",
        "0600",
        name,
        ":",
        "write",
        "/etc/machine-id",
        identity.get("machineId").asText() + "\n",
        ":",
        "write",
        "/etc/hostname",
        "honest\n",
        // The first boot is over, so it gives no name again.
        ":",
        "mkdir-p",
        "/var/lib/cetak",
        ":",
        "write",
        "/var/lib/cetak/instance-id",
        ownId + "\n");
    Files.delete(key);
  }

  private static void guestfish(String access, Path disk, String... commands) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "guestfish",
                access,
                "--format=qcow2",
                "-a",
                disk.toString(),
                "run",
                ":",
                "mount",
                "/dev/sda",
                "/",
                ":"));
    call.addAll(List.of(commands));
    Shell.Result result =
        Shell.run(
            Map.of("LIBGUESTFS_BACKEND", "direct", "LIBGUESTFS_BACKEND_SETTINGS", "force_tcg"),
            call);
    assertThat(result.ok()).as(result.output()).isTrue();
  }

  private static JsonNode clone(String name, String more) {
    broker.send("host.lab", Commands.clone(name, lab.template(), name, more));
    return completed(name);
  }

  private static JsonNode completed(String command) {
    Broker.Seen outcome = broker.outcome(command, CLONE);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
    return outcome.data();
  }

  private static Path disk(JsonNode clone) {
    return Path.of(clone.at("/disks/0/path").asText());
  }

  private static String console(JsonNode clone) throws IOException {
    return Files.readString(disk(clone).resolveSibling("serial-0.log"));
  }

  private static List<String> links(JsonNode clone) {
    return links(clone.get("uuid").asText());
  }

  /** Of the one interface: now, and at the next start. */
  private static List<String> links(String uuid) {
    List<String> links = new ArrayList<>();
    for (String which : List.of("", "--inactive")) {
      List<String> call = new ArrayList<>(List.of("virsh", "-q", "dumpxml", uuid));
      if (!which.isEmpty()) {
        call.add(which);
      }
      String xml = Shell.must(call.toArray(new String[0]));
      links.add(xml.contains("<link state='down'/>") ? "down" : "up");
    }
    return links;
  }
}
