package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job on real parts, as a user would see it; and what happens to guests without it. */
class MainJobIT {
  private static final Duration SEAL = Duration.ofMinutes(5);
  private static final Duration CLONE = Duration.ofMinutes(1);
  private static final Duration BOOT = Duration.ofMinutes(2);

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    worker = WorkerProcess.start(lab, Map.of()).awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    broker.close();
  }

  @Test
  void clones_of_one_sealed_image_boot_as_different_machines() {
    List<String> names = List.of("main-1", "main-2");
    for (String name : names) {
      broker.send("host.lab", Commands.clone(name, lab.template(), name, ", \"start\": true"));
    }
    List<Matcher> guests = new ArrayList<>();
    for (String name : names) {
      JsonNode clone = completed(name);
      Matcher guest = GuestConsole.said(clone.get("uuid").asText(), GuestConsole.GUEST, BOOT);
      assertThat(guest.group(1)).as("host name").isEqualTo(name);
      assertThat(guest.group(4)).as("MAC").isEqualTo(clone.get("macs").get(0).asText());
      assertThat(guest.group(5)).as("instance-id").isEqualTo(clone.get("instanceId").asText());
      guests.add(guest);
    }
    for (int field = 1; field <= 5; field++) {
      assertThat(guests.get(0).group(field))
          .as("field %d of what the guests say of themselves", field)
          .isNotEmpty()
          .isNotEqualTo(guests.get(1).group(field));
    }
  }

  @Test
  void a_full_clone_does_not_depend_on_the_sealed_image() {
    broker.send(
        "any",
        Commands.clone("full-1", lab.template(), "full-1", ", \"disk\": \"full\", \"diskGiB\": 1"));
    JsonNode clone = completed("full-1");
    Path disk = Path.of(clone.get("disks").get(0).get("path").asText());
    String info = Shell.must("qemu-img", "info", "-f", "qcow2", disk.toString());
    assertThat(info).doesNotContain("backing file").contains("1 GiB");
  }

  @Test
  void a_vm_that_was_not_sealed_is_not_cloned_and_virt_clone_shows_why() {
    lab.defineGuest("unsealed");
    broker.send("host.lab", Commands.clone("unsealed-1", "unsealed", "unsealed-1", ""));
    Broker.Seen refused = broker.outcome("unsealed-1", CLONE);
    assertThat(refused.type()).isEqualTo("cetak.clone.failed");
    assertThat(refused.data().get("code").asText()).isEqualTo("TEMPLATE_UNKNOWN");
    assertThat(refused.data().get("reason").asText()).contains("'unsealed'", "sysprep");

    Path copy = lab.directory().resolve("vms/copied.qcow2");
    Shell.must(
        "virt-clone", "--original", "unsealed", "--name", "copied", "--file", copy.toString());
    Path original = lab.directory().resolve("vms/unsealed.qcow2");
    for (String file : List.of("/etc/machine-id", "/etc/hostname")) {
      assertThat(cat(copy, file)).as(file).isNotBlank().isEqualTo(cat(original, file));
    }
    assertThat(cat(copy, "/etc/dropbear/dropbear_ed25519_host_key"))
        .as("SSH host key")
        .isEqualTo(cat(original, "/etc/dropbear/dropbear_ed25519_host_key"));
    Shell.must("virsh", "undefine", "copied", "--remove-all-storage");
    Shell.must("virsh", "undefine", "unsealed");
  }

  @Test
  void a_dry_run_says_what_the_clone_then_does_and_touches_nothing() {
    var domains = Witness.domains();
    String full = ", \"disk\": \"full\"";
    broker.send(
        "any", Commands.clone("dry-1-ask", lab.template(), "dry-1", full + ", \"dryRun\": true"));
    Broker.Seen told = broker.outcome("dry-1-ask", CLONE);
    assertThat(told.type()).as(told.body()).isEqualTo("cetak.preflight.completed");
    assertThat(told.data().get("wouldSucceed").asBoolean()).as(told.body()).isTrue();
    assertThat(Witness.domains()).isEqualTo(domains);
    assertThat(Witness.rows("select 1 from clone where name = 'dry-1'")).isEmpty();
    JsonNode plan = told.data().get("plan");
    assertThat(plan.get("hypervisor").asText()).contains("libvirt", "QEMU");

    broker.send("any", Commands.clone("dry-1", lab.template(), "dry-1", full));
    JsonNode clone = completed("dry-1");
    assertThat(plan.get("version")).isEqualTo(clone.get("version"));
    assertThat(plan.at("/copy/method")).isEqualTo(clone.at("/copy/method"));
    assertThat(plan.at("/copy/reason").asText())
        .isEqualTo(clone.at("/copy/reason").asText().replace("/" + clone.get("uuid").asText(), ""));
  }

  @Test
  void a_running_vm_is_neither_sealed_nor_touched() {
    Path disk = lab.defineGuest("busy");
    Shell.must("virsh", "start", "busy");
    broker.send("host.lab", Commands.sysprep("busy-1", "busy", "busy", ""));
    Broker.Seen refused = broker.outcome("busy-1", SEAL);
    assertThat(refused.type()).isEqualTo("cetak.sysprep.failed");
    assertThat(refused.data().get("code").asText()).isEqualTo("DOMAIN_RUNNING");
    assertThat(refused.data().get("reason").asText()).contains("'busy'", "shut it down");
    assertThat(Shell.must("virsh", "domstate", "busy")).contains("running");
    Shell.must("virsh", "destroy", "busy");
    Shell.must("virsh", "undefine", "busy");
    assertThat(disk).exists();
  }

  @Test
  void a_vm_whose_disk_is_the_base_of_another_is_not_consumed() {
    Path base = lab.defineGuest("base");
    Path overlay = lab.directory().resolve("vms").resolve("lean.qcow2");
    Shell.must(
        "qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base + "", overlay + "");
    lab.defineOn("lean", overlay);
    broker.send("host.lab", Commands.sysprep("base-1", "base", "base", ""));
    Broker.Seen refused = broker.outcome("base-1", SEAL);
    assertThat(refused.data().get("code").asText()).as(refused.body()).isEqualTo("DOMAIN_UNFIT");
    assertThat(refused.data().get("reason").asText())
        .contains("disk %s of domain 'lean' lies on it".formatted(overlay), "source: keep");
    assertThat(lab.isUntouched("base")).isTrue();
    Shell.must("virsh", "undefine", "lean");
    Shell.must("virsh", "undefine", "base");
  }

  @Test
  void a_running_guest_is_shut_down_first_when_the_command_says_so_and_stays_when_kept() {
    lab.defineGuest("kept");
    Shell.must("virsh", "start", "kept");
    await()
        .atMost(CLONE)
        .until(() -> GuestConsole.read(lab.console("kept")).contains("CETAK-GUEST"));
    broker.send(
        "host.lab",
        Commands.sysprep("kept-1", "kept", "kept", ", \"shutdown\": true, \"source\": \"keep\""));
    Broker.Seen sealed = broker.outcome("kept-1", SEAL);
    assertThat(sealed.type()).as(sealed.body()).isEqualTo("cetak.template.sealed");
    assertThat(sealed.data().get("version").asInt()).isEqualTo(1);
    assertThat(sealed.data().get("attestation"))
        .isNotEmpty()
        .allMatch(c -> c.get("passed").asBoolean());
    assertThat(Shell.must("virsh", "domstate", "kept")).contains("shut off");
    Shell.must("virsh", "undefine", "kept");
  }

  @Test
  void a_consumed_domain_leaves_nothing_to_start() {
    assertThat(Shell.must("virsh", "list", "--all", "--name").lines()).doesNotContain("seed");
    assertThat(lab.directory().resolve("vms/seed.qcow2")).doesNotExist();
    new Witness(lab, broker).demandNoBreach();
  }

  private static JsonNode completed(String command) {
    Broker.Seen outcome = broker.outcome(command, CLONE);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
    return outcome.data();
  }

  private static String cat(Path image, String file) {
    return Shell.run(
            Map.of("LIBGUESTFS_BACKEND", "direct", "LIBGUESTFS_BACKEND_SETTINGS", "force_tcg"),
            List.of("virt-cat", "-a", image.toString(), file))
        .output();
  }
}
