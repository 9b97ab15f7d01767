package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A real cloud image of Debian becomes a template without ever booting, and two VMs of it are two
 * machines. The worker is killed on the way, once while the image is fetched and once behind the
 * barrier.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImportIT {
  private static final Duration IMPORT = Duration.ofMinutes(10);
  private static final Duration BOOT = Duration.ofMinutes(15);
  private static final String IMAGE = "debian-12.qcow2";
  private static final Pattern GUEST =
      Pattern.compile(
          "CETAK-GUEST hostname=(\\S*) machine-id=(\\S*) ssh=(\\S*) mac=(\\S*) instance-id=(\\S*) users=(\\S*) keys=(\\S*)");
  private static final List<String> USERS = List.of("alice", "bob");

  private static Lab lab;
  private static Broker broker;
  private static Path inbox;
  private static String before;

  @BeforeAll
  static void start() throws IOException {
    lab = Lab.get();
    inbox = Files.createDirectories(lab.images().resolve("import"));
    Files.copy(lab.cloudImage(), inbox.resolve(IMAGE));
    before = sha256(inbox.resolve(IMAGE));
    broker = new Broker(Containers.amqpUri());
    // What a first worker makes must be there before a command is sent.
    worker(Map.of()).awaitReady().close();
  }

  @AfterAll
  static void stop() throws Exception {
    Files.delete(inbox.resolve(IMAGE));
    broker.close();
  }

  @Test
  @Order(1)
  void an_import_whose_worker_is_killed_makes_exactly_one_version() {
    broker.send(
        "any", command("import-1", IMAGE, ", \"memoryMiB\": 512, \"sha256\": \"" + before + "\""));
    for (String place : List.of("import.fetch.after-effect", "import.barrier.after-effect")) {
      WorkerProcess.standingAt(place, lab, settings(Map.of())).close();
    }
    JsonNode sealed;
    try (WorkerProcess worker = worker(Map.of())) {
      Broker.Seen outcome = broker.outcome("import-1", IMPORT);
      assertThat(outcome.type())
          .as(outcome.body() + worker.log())
          .isEqualTo("cetak.template.sealed");
      sealed = outcome.data();
      new Witness(lab, broker).demandNoBreach();
    }
    assertThat(sealed.get("kind").asText()).isEqualTo("cloud-image");
    assertThat(sealed.get("imageSha256").asText()).isEqualTo(before);
    assertThat(sealed.get("attestation").findValuesAsText("name")).contains("never-booted");
    assertThat(
            Witness.rows(
                "select version || ' ' || state || ' ' || kind from template_version where template = 'cloud'"))
        .containsExactly("1 SEALED CLOUD_IMAGE");
    assertThat(sha256(inbox.resolve(IMAGE))).as("the file in the import folder").isEqualTo(before);
  }

  @Test
  @Order(2)
  void two_clones_with_their_own_user_data_are_two_machines() {
    String digest = digest();
    List<String> keys = USERS.stream().map(ImportIT::key).toList();
    try (WorkerProcess worker =
        worker(Map.of("CETAK_VERIFY_WAIT", BOOT.toSeconds() + "s")).awaitReady()) {
      for (int n = 0; n < USERS.size(); n++) {
        String proof = n == 0 ? ", \"verify\": true, \"sshHostKeys\": \"minted\"" : "";
        broker.send(
            "host.lab",
            Commands.clone(
                "cloud-" + n, "cloud", "cloud-" + n, more(USERS.get(n), keys.get(n)) + proof));
      }
      List<JsonNode> clones =
          IntStream.range(0, USERS.size()).mapToObj(n -> completed("cloud-" + n)).toList();
      List<Matcher> guests =
          clones.stream().map(clone -> booted(clone.get("uuid").asText())).toList();
      for (int n = 0; n < USERS.size(); n++) {
        Matcher guest = guests.get(n);
        JsonNode clone = clones.get(n);
        assertThat(guest.group(1)).as("host name").isEqualTo(clone.get("hostname").asText());
        assertThat(guest.group(4)).as("MAC").isEqualTo(clone.get("macs").get(0).asText());
        assertThat(guest.group(5)).as("instance-id").isEqualTo(clone.get("instanceId").asText());
        assertThat(guest.group(6)).as("users").isEqualTo(USERS.get(n));
        assertThat(guest.group(7))
            .as("keys")
            .isEqualTo(USERS.get(n) + "=" + fingerprint(keys.get(n)));
        assertThat(guest.group(2)).as("machine-id").isEqualTo(clone.get("machineId").asText());
      }
      assertThat(guests.get(0).group(3))
          .as("the minted host key")
          .isEqualTo(clones.get(0).at("/sshHostKeys/0/fingerprint").asText());
      verified(clones.get(0));
      for (int field = 1; field <= 7; field++) {
        assertThat(guests.get(0).group(field))
            .as("field %d of what the guests say of themselves", field)
            .isNotIn("", "none")
            .isNotEqualTo(guests.get(1).group(field));
      }
      assertThat(digest()).as("the sealed image").isEqualTo(digest);
      for (int n = 0; n < USERS.size(); n++) {
        broker.send("host.lab", Commands.delete("cloud-gone-" + n, "name", "cloud-" + n));
        broker.outcome("cloud-gone-" + n, IMPORT);
      }
      new Witness(lab, broker).demandNoBreach();
    }
  }

  @Test
  @Order(3)
  void what_is_refused_says_why_and_leaves_nothing() throws IOException {
    Path evil = inbox.resolve("evil.qcow2");
    Shell.must(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-u",
        "-F",
        "raw",
        "-b",
        "/etc/shadow",
        evil.toString(),
        "1M");
    Files.createSymbolicLink(inbox.resolve("link.qcow2"), Path.of("/etc/shadow"));
    // A disk that no guest is on: it is fetched, examined and rewritten before it is refused.
    Path blank = inbox.resolve("blank.img");
    byte[] start = new byte[1 << 20];
    start[510] = 0x55;
    start[511] = (byte) 0xaa;
    Files.write(blank, start);
    try (WorkerProcess worker = worker(Map.of()).awaitReady()) {
      refused("evil.qcow2", "", "IMAGE_UNFIT", "a backing file");
      refused("link.qcow2", "", "IMAGE_UNFIT", "a symbolic link");
      refused("missing.qcow2", "", "IMAGE_UNFIT", "no such file");
      refused(
          IMAGE,
          ", \"sha256\": \"" + "0".repeat(64) + "\"",
          "IMAGE_UNFIT",
          "its SHA-256 is " + before);
      refused(IMAGE, ", \"network\": \"nowhere\"", "NETWORK_UNKNOWN", "no network 'nowhere'");
      refused("blank.img", "", "ATTESTATION_FAILED", "no operating system");
      new Witness(lab, broker).demandNoBreach();
    }
    assertThat(
            Witness.rows("select 1 from template_version where template = 'cloud' and version > 1"))
        .isEmpty();
    for (Path file : List.of(evil, inbox.resolve("link.qcow2"), blank)) {
      Files.delete(file);
    }
  }

  /** By the guest agent: the image's cloud-init runs no scripts of the vendor-data. */
  private static void verified(JsonNode clone) {
    Broker.Seen proof = broker.outcome("cloud-0/verify", BOOT);
    assertThat(proof.type()).as(proof.body()).isEqualTo("cetak.clone.verified");
    assertThat(proof.data().get("source").asText()).isEqualTo("agent");
    assertThat(proof.data().get("machineId")).isEqualTo(clone.get("machineId"));
    assertThat(proof.data().get("sshHostKeys")).isEqualTo(clone.get("sshHostKeys"));
  }

  private static void refused(String image, String more, String code, String why) {
    String id = "refused-" + image + "-" + code + more.length();
    broker.send("host.lab", command(id, image, more));
    Broker.Seen outcome = broker.outcome(id, IMPORT);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.import.failed");
    assertThat(outcome.data().get("code").asText()).as(outcome.body()).isEqualTo(code);
    assertThat(outcome.data().get("reason").asText()).contains(why);
  }

  private static WorkerProcess worker(Map<String, String> more) {
    return WorkerProcess.start(lab, settings(more));
  }

  private static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("CETAK_IMPORT_DIRECTORY", inbox.toString());
    settings.put("CETAK_IMPORT_DOMAIN_TYPE", "QEMU");
    settings.put("CETAK_RUN_MAX_FAILURES", "3");
    return settings;
  }

  private static String command(String id, String image, String more) {
    return Commands.imported(id, image, "cloud", more);
  }

  private static String more(String user, String key) {
    return """
    , "start": true, "cloudInit": {"userData": "#cloud-config\\nusers:\\n- name: %s\\n  ssh_authorized_keys: ['%s']\\n"}\
    """
        .formatted(user, key);
  }

  private static JsonNode completed(String command) {
    Broker.Seen outcome = broker.outcome(command, IMPORT);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
    return outcome.data();
  }

  /** What a booted clone says of itself on its console. */
  private static Matcher booted(String uuid) {
    Path console = lab.images().resolve("clones").resolve(uuid).resolve("serial-0.log");
    Matcher matcher = GUEST.matcher("");
    await("console " + console)
        .atMost(BOOT)
        .until(() -> matcher.reset(GuestConsole.read(console)).find());
    return matcher;
  }

  /** A new key of this person. @return the public one */
  private static String key(String user) {
    try {
      byte[] encoded =
          KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
      byte[] name = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
      ByteBuffer blob = ByteBuffer.allocate(4 + name.length + 4 + 32);
      blob.putInt(name.length).put(name);
      blob.putInt(32).put(encoded, encoded.length - 32, 32);
      return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.array()) + " " + user;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String fingerprint(String key) {
    try {
      byte[] bytes = Base64.getDecoder().decode(key.split(" ", -1)[1]);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String digest() {
    return sha256(
        lab.images()
            .resolve("sealed")
            .resolve(
                Witness.rows("select id::text from template_version where template = 'cloud'")
                    .get(0))
            .resolve("disk-0.qcow2"));
  }

  private static String sha256(Path file) {
    return Shell.must("sha256sum", file.toString()).split(" ", -1)[0];
  }
}
