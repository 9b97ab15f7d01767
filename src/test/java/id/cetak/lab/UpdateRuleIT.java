package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The life of a golden image on real parts, in order: sealed, cloned, changed inside a clone that
 * ran, sealed as the next version, rolled back, recalled, and retired once nothing lies on it. The
 * last parts meet a worker that is killed between their effects.
 */
@TestMethodOrder(MethodName.class)
class UpdateRuleIT {
  private static final Duration SEAL = Duration.ofMinutes(5);
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String TEMPLATE = "rule";
  private static final String CHANGE = "/etc/cetak-rule";

  private static final Map<Integer, UUID> SEALED = new HashMap<>();
  private static Lab lab;
  private static Broker broker;
  private static Witness witness;
  private static String digest;

  @BeforeAll
  static void sealTheFirstVersion() {
    lab = Lab.get();
    broker = new Broker(Containers.amqpUri());
    witness = new Witness(lab, broker);
    lab.defineGuest("rule-golden");
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of()).awaitReady()) {
      assertThat(seal("rule-golden").path("parent").isMissingNode()).isTrue();
    }
    digest = sha256(image(1));
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  @Test
  void a_clone_that_was_changed_becomes_the_next_version_and_the_first_is_what_it_was() {
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of()).awaitReady()) {
      JsonNode next = clone("rule-next", ", \"start\": true");
      assertThat(next.get("version").asInt()).isEqualTo(1);
      awaitBoot("rule-next");
      shutDown("rule-next");
      write(disk(next), CHANGE, "the change");

      JsonNode second = seal("rule-next");
      assertThat(second.get("version").asInt()).isEqualTo(2);
      assertThat(second.get("parent").asInt()).isEqualTo(1);

      JsonNode ofSecond = clone("rule-b", "");
      JsonNode ofFirst = clone("rule-a", ", \"version\": 1");
      assertThat(ofSecond.get("version").asInt()).isEqualTo(2);
      assertThat(read(disk(ofSecond), CHANGE)).contains("the change");
      assertThat(read(disk(ofFirst), CHANGE)).doesNotContain("the change");
      assertThat(sha256(image(1))).isEqualTo(digest);
    }
  }

  @Test
  void b_a_rollback_and_a_recall_change_what_clones_are_cast_from() {
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of()).awaitReady()) {
      assertThat(version("promote", 1).type()).isEqualTo("cetak.template.promoted");
      assertThat(clone("rule-c", "").get("version").asInt()).isEqualTo(1);
      assertThat(version("promote", 2).data().get("previous").asInt()).isEqualTo(1);
      assertThat(clone("rule-d", "").get("version").asInt()).isEqualTo(2);

      Broker.Seen recalled = version("recall", 2);
      assertThat(recalled.type()).isEqualTo("cetak.template.recalled");
      assertThat(recalled.data().get("clones").findValuesAsText("name"))
          .containsExactly("rule-b", "rule-d");
      assertThat(recalled.data().get("latest").asInt()).isEqualTo(1);
      assertThat(clone("rule-e", ", \"start\": true").get("version").asInt()).isEqualTo(1);
      broker.send("any", Commands.clone("rule-f", TEMPLATE, "rule-f", ", \"version\": 2"));
      Broker.Seen refused = broker.outcome("rule-f", SOON);
      assertThat(refused.data().get("code").asText()).isEqualTo("VERSION_RECALLED");
      assertThat(lab.tryBarrier("verify", sealed(2).toString()).ok())
          .as("the barrier of the recalled version")
          .isTrue();
      assertThat(sha256(image(1))).isEqualTo(digest);
    }
  }

  @Test
  void c_a_version_is_not_retired_while_anything_lies_on_it() throws IOException {
    Path byHand = lab.directory().resolve("vms/rule-by-hand.qcow2");
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of()).awaitReady()) {
      Broker.Seen refused = version("retire", 1);
      assertThat(refused.data().get("code").asText()).isEqualTo("HAS_DEPENDANTS");
      assertThat(refused.data().get("dependants").findValuesAsText("name"))
          .containsExactly("rule-a", "rule-c", "rule-e");

      awaitBoot("rule-e");
      Broker.Seen running = flatten("rule-e");
      assertThat(running.data().get("code").asText()).isEqualTo("DOMAIN_RUNNING");
      shutDown("rule-e");
      broker.send("any", Commands.delete("rule-c-over", "name", "rule-c"));
      assertThat(broker.outcome("rule-c-over", SOON).type()).isEqualTo("cetak.clone.deleted");
      Broker.Seen flattened = flatten("rule-e");
      assertThat(flattened.type()).as(flattened.body()).isEqualTo("cetak.clone.flattened");

      lab.defineGuest("rule-by-hand");
      Files.delete(byHand);
      Shell.must(
          "qemu-img",
          "create",
          "-q",
          "-f",
          "qcow2",
          "-F",
          "qcow2",
          "-b",
          image(1).toString(),
          byHand.toString());
      Broker.Seen foreign = version("retire", 1);
      assertThat(foreign.data().get("reason").asText())
          .contains("clone rule-a on lab", "domain 'rule-by-hand' on lab, disk " + byHand);
      Shell.must("virsh", "undefine", "rule-by-hand");
      Files.delete(byHand);
      assertThat(sha256(image(1))).isEqualTo(digest);
    }
  }

  @Test
  void d_a_flatten_whose_worker_is_killed_leaves_a_whole_disk_at_every_moment() {
    broker.send("host.lab", Commands.flatten("rule-a-cancelled", "rule-a"));
    try (WorkerProcess worker = standingAt("flatten.swap.before-effect")) {
      broker.send("control", Commands.cancel("rule-a-cancel", "rule-a-cancelled"));
      broker.outcome("rule-a-cancel", SOON);
      worker.kill();
    }
    assertThat(finish("rule-a-cancelled")).isEqualTo("cetak.flatten.failed");
    assertThat(info("rule-a")).contains("backing file:");

    String fstab = read(diskOf("rule-a"), "/etc/fstab");
    assertThat(fstab).contains("/");
    broker.send("host.lab", Commands.flatten("rule-a-flat", "rule-a"));
    for (String place : List.of("swap.before-effect", "swap.after-effect")) {
      standingAt("flatten." + place).close();
      assertThat(read(diskOf("rule-a"), "/etc/fstab"))
          .as("the disk after a crash at " + place)
          .isEqualTo(fstab);
    }
    assertThat(finish("rule-a-flat")).isEqualTo("cetak.clone.flattened");
    assertThat(info("rule-a")).doesNotContain("backing file");
  }

  @Test
  void e_a_retirement_whose_worker_is_killed_goes_on_and_the_clones_still_boot()
      throws IOException {
    Path folder = image(1).getParent();
    broker.send("host.lab", Commands.version("retire", "rule-retire", TEMPLATE, 1));
    for (String place : List.of("barrier.after-effect", "files.after-effect")) {
      standingAt("retire." + place).close();
    }
    assertThat(finish("rule-retire")).isEqualTo("cetak.template.retired");
    assertThat(folder).doesNotExist();
    assertThat(Witness.rows("select state from template_version where id = '" + sealed(1) + "'"))
        .containsExactly("RETIRED");
    assertThat(lab.barrier("status")).contains("listed-stale=0");
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of()).awaitReady()) {
      broker.send("any", Commands.clone("rule-g", TEMPLATE, "rule-g", ""));
      assertThat(broker.outcome("rule-g", SOON).data().get("code").asText())
          .isEqualTo("VERSION_RECALLED");
    }
    for (String name : List.of("rule-a", "rule-e")) {
      Files.deleteIfExists(GuestConsole.of(name));
      Shell.must("virsh", "start", name);
    }
    for (String name : List.of("rule-a", "rule-e")) {
      awaitBoot(name);
      Shell.must("virsh", "destroy", name);
    }
  }

  private static JsonNode seal(String domain) {
    broker.send("host.lab", Commands.sysprep("seal-" + domain, domain, TEMPLATE, ""));
    Broker.Seen sealed = broker.outcome("seal-" + domain, SEAL);
    assertThat(sealed.type()).as(sealed.body()).isEqualTo("cetak.template.sealed");
    Path folder = Path.of(sealed.data().get("folder").asText());
    SEALED.put(
        sealed.data().get("version").asInt(), UUID.fromString(folder.getFileName().toString()));
    return sealed.data();
  }

  private static JsonNode clone(String name, String more) {
    broker.send("any", Commands.clone(name, TEMPLATE, name, more));
    Broker.Seen made = broker.outcome(name, SOON);
    assertThat(made.type()).as(made.body()).isEqualTo("cetak.clone.completed");
    return made.data();
  }

  private static Broker.Seen version(String command, int version) {
    String id = command + "-" + UUID.randomUUID();
    broker.send("any", Commands.version(command, id, TEMPLATE, version));
    return broker.outcome(id, SOON);
  }

  private static Broker.Seen flatten(String name) {
    String id = "flatten-" + UUID.randomUUID();
    broker.send("any", Commands.flatten(id, name));
    return broker.outcome(id, SOON);
  }

  private static WorkerProcess standingAt(String place) {
    return WorkerProcess.standingAt(place, lab, Map.of());
  }

  /** Lets a healthy worker end what is left, and has the witnesses judge. */
  private static String finish(String command) {
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of())) {
      Broker.Seen outcome = broker.outcome(command, SOON);
      await("invariants")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(witness.breaches()).isEmpty());
      return outcome.type();
    }
  }

  private static UUID sealed(int version) {
    return Objects.requireNonNull(SEALED.get(version));
  }

  private static Path image(int version) {
    return lab.images().resolve("sealed/%s/disk-0.qcow2".formatted(sealed(version)));
  }

  private static String sha256(Path file) {
    return Shell.must("sha256sum", file.toString()).split(" ", -1)[0];
  }

  private static Path disk(JsonNode clone) {
    return Path.of(clone.at("/disks/0/path").asText());
  }

  private static Path diskOf(String name) {
    return GuestConsole.of(name).resolveSibling("disk-0.qcow2");
  }

  private static String info(String name) {
    return Shell.must("qemu-img", "info", "-f", "qcow2", diskOf(name).toString());
  }

  /** Writes a file into the guest's file system, as somebody inside would. */
  private static void write(Path image, String file, String text) {
    Shell.Result result =
        Shell.run(
            Map.of("LIBGUESTFS_BACKEND", "direct", "LIBGUESTFS_BACKEND_SETTINGS", "force_tcg"),
            List.of(
                "guestfish",
                "--rw",
                "--format=qcow2",
                "-a",
                image.toString(),
                "-i",
                "write",
                file,
                text));
    assertThat(result.ok()).as(result.output()).isTrue();
  }

  /** What a file in the guest's file system holds; the guest has no partitions. */
  private static String read(Path image, String file) {
    String raw = lab.directory().resolve("vms/rule.raw").toString();
    Shell.must("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(), raw);
    String text = Shell.must("debugfs", "-R", "cat " + file, raw);
    Shell.must("rm", raw);
    return text;
  }

  private static void shutDown(String name) {
    Shell.must("virsh", "shutdown", name);
    await("end of " + name)
        .atMost(SOON)
        .until(() -> Shell.must("virsh", "domstate", name).contains("shut off"));
  }

  private static void awaitBoot(String name) {
    await("boot of " + name)
        .atMost(SOON)
        .until(() -> GuestConsole.read(GuestConsole.of(name)).contains("CETAK-GUEST hostname="));
  }
}
