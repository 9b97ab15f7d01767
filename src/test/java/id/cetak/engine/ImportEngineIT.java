package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestTools;
import id.cetak.lab.Broker;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An import through the real engine, with real files and a real qemu-img, over a host in memory.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class ImportEngineIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Path INBOX = FakeHost.DIRECTORY.resolve("import");

  private static Broker broker;

  @BeforeAll
  static void connect() throws IOException {
    broker = new Broker(Containers.amqpUri());
    Files.createDirectories(INBOX);
    byte[] disk = new byte[1 << 20];
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    Files.write(INBOX.resolve("disk.img"), disk);
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @AfterEach
  void repair() {
    FakeHost.GUESTS.find(new GuestTools.Check("machine-id", true, "empty"));
    FakeHost.BARRIER.repair();
  }

  @Test
  void an_image_becomes_a_version() {
    Broker.Seen sealed = run("good", "disk.img");
    assertThat(sealed.type()).as(sealed.body()).isEqualTo("cetak.template.sealed");
    assertThat(sealed.data().get("kind").asText()).isEqualTo("cloud-image");
    assertThat(sealed.data().get("image").asText()).isEqualTo("disk.img");
    assertThat(sealed.data().get("digest").asText()).hasSize(64);
    assertThat(FakeHost.GUESTS.calls()).contains("attestNeverBooted");
    assertThat(rows("good")).containsExactly("SEALED CLOUD_IMAGE");
    assertThat(FakeHost.DIRECTORY.resolve("work").resolve(id("good"))).doesNotExist();
    assertThat(
            Witness.rows(
                "select f.target || ' ' || f.virtual_size_bytes from template_file f join template_version v on v.id = f.version_id where v.template = 'good'"))
        .containsExactly("vda 1048576");
  }

  @Test
  void an_image_that_has_booted_leaves_nothing_but_its_reason() {
    FakeHost.GUESTS.find(new GuestTools.Check("never-booted", false, "/var/lib/cloud/instance"));
    Broker.Seen failed = run("booted", "disk.img");
    assertThat(failed.type()).isEqualTo("cetak.import.failed");
    assertThat(failed.data().get("code").asText()).isEqualTo("ATTESTATION_FAILED");
    assertThat(failed.data().get("reason").asText()).contains("never-booted", "by sysprep");
    assertThat(failed.data().get("attestation").get(0).get("passed").asBoolean()).isFalse();
    nothingIsLeftOf("booted");
  }

  @Test
  void an_image_that_is_not_there_is_refused() {
    Broker.Seen failed = run("missing", "missing.img");
    assertThat(failed.type()).isEqualTo("cetak.import.failed");
    assertThat(failed.data().get("code").asText()).isEqualTo("IMAGE_UNFIT");
    nothingIsLeftOf("missing");
  }

  @Test
  void a_dry_run_of_an_import_says_what_would_come_of_it_and_copies_nothing() {
    Broker.Seen good =
        run("asked", "disk.img\", \"dryRun\": true, \"sha256\": \"" + "0".repeat(64));
    assertThat(good.type()).as(good.body()).isEqualTo("cetak.preflight.completed");
    assertThat(good.data().get("command").asText()).isEqualTo("import");
    assertThat(good.data().get("wouldSucceed").asBoolean()).isTrue();
    assertThat(good.data().at("/plan/format").asText()).isEqualTo("raw");
    assertThat(good.data().at("/plan/version").asInt()).isEqualTo(1);
    nothingIsLeftOf("asked");

    Broker.Seen missing =
        run("asked-missing", "missing.img\", \"dryRun\": true, \"network\": \"no-such-net");
    assertThat(missing.type()).as(missing.body()).isEqualTo("cetak.preflight.completed");
    assertThat(missing.data().get("wouldSucceed").asBoolean()).isFalse();
    assertThat(missing.data().get("findings").findValuesAsText("code"))
        .contains("IMAGE_UNFIT", "NETWORK_UNKNOWN");
    nothingIsLeftOf("asked-missing");
  }

  /**
   * @param image the image's name, and what else the command says after it
   */
  private static Broker.Seen run(String template, String image) {
    broker.send(
        "host.engine",
        """
        {"command": "import", "id": "import-%1$s", "template": "%1$s", "image": "%2$s"}"""
            .formatted(template, image));
    return broker.outcome("import-" + template, SOON);
  }

  private static void nothingIsLeftOf(String template) {
    assertThat(rows(template)).isEmpty();
    assertThat(FakeHost.DIRECTORY.resolve("work").resolve(id(template))).doesNotExist();
    assertThat(FakeHost.DIRECTORY.resolve("sealed").resolve(id(template))).doesNotExist();
    assertThat(INBOX.resolve("disk.img")).exists();
  }

  private static String id(String template) {
    return Witness.rows("select id::text from job where command_id = 'import-" + template + "'")
        .get(0);
  }

  private static List<String> rows(String template) {
    return Witness.rows(
        "select state || ' ' || kind from template_version where template = '" + template + "'");
  }
}
