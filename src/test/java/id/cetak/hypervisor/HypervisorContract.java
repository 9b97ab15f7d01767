package id.cetak.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every hypervisor does, the fake one too. Each kind runs this with its own fixtures. */
public abstract class HypervisorContract {
  protected static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String name = "contract-" + UUID.randomUUID().toString().substring(0, 8);
  private final UUID uuid = UUID.randomUUID();

  protected abstract Hypervisor hypervisor();

  /** A definition that starts without an operating system. */
  protected abstract String xml(String name, UUID uuid);

  /** The name of a network that exists. */
  protected abstract String network();

  /** Gives a domain that is off a snapshot, a managed save and autostart, behind Cetak's back. */
  protected abstract void burden(UUID uuid) throws Exception;

  @AfterEach
  void leave_nothing() {
    hypervisor().destroy(uuid);
    hypervisor().undefine(uuid);
  }

  @Test
  void it_says_which_version_answers() {
    assertThat(hypervisor().version()).containsPattern("[0-9]");
  }

  @Test
  void a_defined_domain_is_found_by_name_by_uuid_and_in_the_list() {
    define();

    Domain found = hypervisor().find(name).orElseThrow();
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.uuid()).isEqualTo(uuid);
    assertThat(found.state()).isEqualTo(PowerState.OFF);
    assertThat(found.persistent()).isTrue();
    assertThat(found.autostart()).isFalse();
    assertThat(found.managedSave()).isFalse();
    assertThat(found.snapshots()).isZero();
    assertThat(found.checkpoints()).isZero();
    assertThat(DomainXml.parse(found.xml()).root().getNodeName()).isEqualTo("domain");
    assertThat(hypervisor().find(uuid)).contains(found);
    assertThat(hypervisor().domains()).contains(found);
  }

  @Test
  void what_does_not_exist_is_not_found() {
    assertThat(hypervisor().find(name)).isEmpty();
    assertThat(hypervisor().find(uuid)).isEmpty();
    assertThat(hypervisor().networkExists("no-such-network")).isFalse();
  }

  @Test
  void a_network_that_exists_is_found() {
    assertThat(hypervisor().networkExists(network())).isTrue();
  }

  @Test
  void defining_again_replaces_the_definition() {
    define();

    hypervisor().define(xml(name, uuid).replace("</name>", "</name><title>second</title>"));

    assertThat(hypervisor().find(uuid).orElseThrow().xml()).contains("<title>second</title>");
  }

  @Test
  void a_name_that_another_domain_has_is_refused_and_the_other_stays() {
    define();
    UUID other = UUID.randomUUID();

    assertFails(() -> hypervisor().define(xml(name, other)), FailureCode.NAME_TAKEN, name);

    assertThat(hypervisor().find(other)).isEmpty();
    assertThat(hypervisor().find(name).orElseThrow().uuid()).isEqualTo(uuid);
  }

  @Test
  void a_uuid_that_another_domain_has_is_refused_and_the_other_stays() {
    define();

    assertFails(
        () -> hypervisor().define(xml(name + "-2", uuid)), FailureCode.HYPERVISOR_REFUSED, name);

    assertThat(hypervisor().find(name + "-2")).isEmpty();
    assertThat(hypervisor().find(uuid).orElseThrow().name()).isEqualTo(name);
  }

  @Test
  void an_element_that_the_schema_does_not_know_is_refused_not_dropped() {
    String bogus = xml(name, uuid).replace("</name>", "</name><bogus/>");

    assertFails(() -> hypervisor().define(bogus), FailureCode.HYPERVISOR_REFUSED, "bogus");

    assertThat(hypervisor().find(uuid)).isEmpty();
  }

  @Test
  void what_is_not_xml_is_refused() {
    assertFails(() -> hypervisor().define("<domain"), FailureCode.HYPERVISOR_REFUSED, "");
  }

  @Test
  void a_domain_starts_and_ends_and_doing_it_again_changes_nothing() {
    define();

    hypervisor().start(uuid);
    hypervisor().start(uuid);
    assertThat(state()).isEqualTo(PowerState.RUNNING);

    hypervisor().destroy(uuid);
    hypervisor().destroy(uuid);
    hypervisor().shutdown(uuid);
    assertThat(state()).isEqualTo(PowerState.OFF);
  }

  @Test
  void a_domain_that_is_not_there_cannot_start() {
    assertFails(() -> hypervisor().start(uuid), FailureCode.DOMAIN_UNKNOWN, uuid.toString());
  }

  @Test
  void a_domain_that_is_not_there_is_off_and_undefined_already() {
    hypervisor().destroy(uuid);
    hypervisor().shutdown(uuid);
    hypervisor().undefine(uuid);
  }

  @Test
  void undefining_removes_the_domain_and_doing_it_again_changes_nothing() {
    define();

    hypervisor().undefine(uuid);
    hypervisor().undefine(uuid);

    assertThat(hypervisor().find(name)).isEmpty();
  }

  @Test
  void a_running_domain_that_is_undefined_is_gone_when_it_ends() {
    define();
    hypervisor().start(uuid);

    hypervisor().undefine(uuid);
    hypervisor().undefine(uuid);

    assertThat(hypervisor().find(uuid).orElseThrow().persistent()).isFalse();
    hypervisor().destroy(uuid);
    assertThat(hypervisor().find(uuid)).isEmpty();
  }

  @Test
  void snapshots_managed_save_and_autostart_are_seen_and_undefined_too() throws Exception {
    define();
    burden(uuid);

    Domain found = hypervisor().find(uuid).orElseThrow();
    assertThat(found.snapshots()).isOne();
    assertThat(found.managedSave()).isTrue();
    assertThat(found.autostart()).isTrue();

    hypervisor().undefine(uuid);
    assertThat(hypervisor().find(uuid)).isEmpty();
  }

  @Test
  void every_started_domain_is_told_with_its_uuid_and_definition() {
    List<Domain> told = new CopyOnWriteArrayList<>();
    hypervisor().onStarted(told::add);
    define();

    hypervisor().start(uuid);

    Domain domain = awaitTold(told);
    assertThat(domain.name()).isEqualTo(name);
    assertThat(DomainXml.parse(domain.xml()).root().getNodeName()).isEqualTo("domain");
  }

  @Test
  void a_listener_that_comes_late_is_told_of_what_runs_already() {
    define();
    hypervisor().start(uuid);
    List<Domain> told = new CopyOnWriteArrayList<>();

    hypervisor().onStarted(told::add);

    awaitTold(told);
  }

  @Test
  void a_listener_that_throws_is_told_again_even_when_the_domain_has_ended() {
    List<Domain> told = new CopyOnWriteArrayList<>();
    hypervisor()
        .onStarted(
            domain -> {
              if (domain.uuid().equals(uuid) && told.size() < 3) {
                hypervisor().destroy(uuid);
                told.add(domain);
                if (told.size() < 3) {
                  throw new IllegalStateException("not yet");
                }
              }
            });
    define();

    hypervisor().start(uuid);

    await().atMost(PATIENCE).until(() -> told.size() == 3);
  }

  private Domain awaitTold(List<Domain> told) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> told.stream().filter(domain -> domain.uuid().equals(uuid)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  protected final String name() {
    return name;
  }

  protected final UUID uuid() {
    return uuid;
  }

  protected final void define() {
    hypervisor().define(xml(name, uuid));
  }

  protected final PowerState state() {
    return hypervisor().find(uuid).orElseThrow().state();
  }

  protected static void assertFails(Runnable act, FailureCode code, String words) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(code);
              assertThat(failure.reason()).contains(words);
            });
  }
}
