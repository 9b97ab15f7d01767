package id.cetak.lab;

import static id.cetak.lab.GuestConsole.GUEST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Guests of other makes than the small one, through the main job on real parts: booted, sealed,
 * cloned twice, and asked from inside who they are.
 */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_MAKES", matches = "some|all")
class GuestMakesIT {
  private static final Duration SEAL = Duration.ofMinutes(10);
  private static final Duration BOOT = Duration.ofMinutes(3);
  private static final Pattern DATA = Pattern.compile("CETAK-DATA made-for=(\\S*) seen-by=(\\S*)");

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    broker = new Broker(Containers.amqpUri());
    lab.defineVolumeGuest("volume");
    lab.defineEfiGuest("efi");
    Shell.must("virsh", "start", "volume");
    Shell.must("virsh", "start", "efi");
    worker = WorkerProcess.start(lab, Map.of()).awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    broker.close();
  }

  @Test
  void a_root_on_a_logical_volume_and_a_second_disk_are_sealed_and_each_clone_has_its_own() {
    Matcher golden = said("volume", GUEST);
    JsonNode sealed = sealed("volume");
    assertThat(sealed.get("disks")).as(sealed.toString()).hasSize(2);
    JsonNode first = cloned("volume", "volume-1");
    Matcher one = said("volume-1", GUEST);
    JsonNode second = cloned("volume", "volume-2");
    Matcher two = said("volume-2", GUEST);
    assertDifferent(golden, one, two, 5);
    assertThat(first.get("disks")).hasSize(2);
    assertThat(first.at("/disks/1/path")).isNotEqualTo(second.at("/disks/1/path"));
    for (String name : new String[] {"volume-1", "volume-2"}) {
      Matcher data = said(name, DATA);
      assertThat(data.group(1)).isEqualTo("golden");
      assertThat(data.group(2)).as("the golden guest, and never another clone").isEqualTo("golden");
    }
    remove("volume-1", "volume-2");
  }

  @Test
  void a_guest_that_boots_by_uefi_is_sealed_and_each_clone_has_its_own_variables() {
    Matcher golden = said("efi", GUEST);
    sealed("efi");
    JsonNode first = cloned("efi", "efi-1");
    JsonNode second = cloned("efi", "efi-2");
    assertDifferent(golden, said("efi-1", GUEST), said("efi-2", GUEST), 5);
    assertThat(variables(first)).exists().isNotEqualTo(variables(second));
    assertThat(variables(second)).exists();
    remove("efi-1", "efi-2");
    assertThat(variables(first)).doesNotExist();
  }

  /** Takes minutes to build, to seal and to boot without KVM, so it is made when asked for. */
  @Test
  @EnabledIfEnvironmentVariable(named = "CETAK_TEST_MAKES", matches = "all")
  void debian_with_systemd_and_without_cloud_init_gets_its_identity_at_the_first_boot() {
    lab.defineDebianGuest("debian");
    Shell.must("virsh", "start", "debian");
    Matcher golden = said("debian", GUEST);
    assertThat(golden.group(1)).isEqualTo("golden");
    sealed("debian");
    cloned("debian", "debian-1");
    Matcher one = said("debian-1", GUEST);
    cloned("debian", "debian-2");
    Matcher two = said("debian-2", GUEST);
    assertThat(one.group(1)).isEqualTo("debian-1");
    assertThat(two.group(1)).isEqualTo("debian-2");
    // The fifth, an instance-id, is cloud-init's.
    assertDifferent(golden, one, two, 4);
    remove("debian-1", "debian-2");
  }

  private static Path variables(JsonNode clone) {
    return lab.images().resolve("clones").resolve(clone.get("uuid").asText()).resolve("nvram.fd");
  }

  private static void assertDifferent(Matcher golden, Matcher first, Matcher second, int fields) {
    for (int field = 1; field <= fields; field++) {
      assertThat(first.group(field))
          .as("field %d of what the guests say of themselves", field)
          .isNotIn("", "none")
          .isNotEqualTo(second.group(field))
          .isNotEqualTo(golden.group(field));
      assertThat(second.group(field)).isNotIn("", "none").isNotEqualTo(golden.group(field));
    }
  }

  private static JsonNode sealed(String name) {
    broker.send("host.lab", Commands.sysprep("make-" + name, name, name, ", \"shutdown\": true"));
    Broker.Seen seen = broker.outcome("make-" + name, SEAL);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.template.sealed");
    return seen.data();
  }

  private static JsonNode cloned(String template, String name) {
    broker.send("host.lab", Commands.clone(name, template, name, ", \"start\": true"));
    Broker.Seen seen = broker.outcome(name, BOOT);
    assertThat(seen.type()).as(seen.body()).isEqualTo("cetak.clone.completed");
    return seen.data();
  }

  private static void remove(String... names) {
    for (String name : names) {
      broker.send("host.lab", Commands.delete(name + "-over", "name", name));
      assertThat(broker.outcome(name + "-over", BOOT).type()).isEqualTo("cetak.clone.deleted");
    }
  }

  private static Matcher said(String name, Pattern pattern) {
    return GuestConsole.said(name, pattern, BOOT);
  }
}
