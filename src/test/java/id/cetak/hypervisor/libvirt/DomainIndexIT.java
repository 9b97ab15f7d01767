package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.lab.Libvirtd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.libvirt.Connect;

/**
 * Which addresses are in use, when others than Cetak change domains, and libvirtd comes and goes.
 */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class DomainIndexIT {
  private static final String URI = "qemu:///system";
  private static final String MAC = "52:54:7f:00:00:01";
  private static final String OTHER = "52:54:7f:00:00:02";
  private static final UUID NOBODY = new UUID(0, 0);

  private final UUID uuid = UUID.randomUUID();
  private final String name = "index-" + uuid;
  private final LibvirtHypervisor hypervisor = new LibvirtHypervisor(URI, 2, Duration.ofSeconds(1));

  @BeforeAll
  static void start() {
    Libvirtd.start();
  }

  @AfterEach
  void leave_nothing() {
    Libvirtd.start();
    hypervisor.destroy(uuid);
    hypervisor.undefine(uuid);
    hypervisor.close();
  }

  @Test
  void what_was_there_before_the_first_question_is_known_to_the_first_answer() throws Exception {
    defineAsAnother(MAC);

    assertThat(hypervisor.macInUse(MAC, NOBODY)).isTrue();
  }

  @Test
  void what_somebody_else_defines_changes_and_removes_is_known_soon() throws Exception {
    assertThat(hypervisor.macInUse(MAC, NOBODY)).isFalse();

    defineAsAnother(MAC);
    awaitInUse(MAC, true);

    defineAsAnother(OTHER);
    awaitInUse(MAC, false);
    awaitInUse(OTHER, true);

    Connect another = new Connect(URI);
    another.domainLookupByUUID(uuid).undefine();
    another.close();
    awaitInUse(OTHER, false);
  }

  @Test
  void a_domain_of_ours_that_somebody_else_changed_is_read_again() throws Exception {
    assertThat(hypervisor.macInUse(MAC, NOBODY)).isFalse();
    hypervisor.define(xml(MAC));

    defineAsAnother(OTHER);

    awaitInUse(MAC, false);
    awaitInUse(OTHER, true);
  }

  @Test
  void a_transient_domain_counts_while_it_runs() throws Exception {
    assertThat(hypervisor.macInUse(MAC, NOBODY)).isFalse();
    Connect another = new Connect(URI);
    another.domainCreateXML(xml(MAC), 0);
    awaitInUse(MAC, true);

    hypervisor.destroy(uuid);

    awaitInUse(MAC, false);
    another.close();
  }

  @Test
  void without_libvirt_there_is_no_answer_and_afterwards_it_is_the_new_one() throws Exception {
    hypervisor.define(xml(MAC));
    assertThat(hypervisor.macInUse(MAC, NOBODY)).isTrue();
    Libvirtd.stop();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              Failure failure =
                  catchThrowableOfType(Failure.class, () -> hypervisor.macInUse(MAC, NOBODY));
              return failure != null && failure.code() == FailureCode.HYPERVISOR_UNAVAILABLE;
            });
    Files.delete(Path.of("/etc/libvirt/qemu", name + ".xml"));

    Libvirtd.start();

    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(Failure.class)
        .until(() -> !hypervisor.macInUse(MAC, NOBODY));
  }

  private void awaitInUse(String mac, boolean inUse) {
    await().atMost(Duration.ofSeconds(20)).until(() -> hypervisor.macInUse(mac, NOBODY) == inUse);
  }

  private void defineAsAnother(String mac) throws Exception {
    Connect another = new Connect(URI);
    another.domainDefineXML(xml(mac)).free();
    another.close();
  }

  private String xml(String mac) {
    return QemuDomain.xml(name, uuid)
        .replace(
            "</devices>",
            "<interface type='user'><mac address='%s'/></interface></devices>".formatted(mac));
  }
}
