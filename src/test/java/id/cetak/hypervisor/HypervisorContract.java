package id.cetak.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
    assertThat(hypervisor().records(uuid)).isEqualTo(new DomainRecords(false, false, 0, 0));
    assertThat(DomainXml.parse(found.xml()).root().getNodeName()).isEqualTo("domain");
    assertThat(hypervisor().find(uuid)).contains(found);
    assertThat(hypervisor().exists(uuid)).isTrue();
    assertThat(hypervisor().holder(name)).contains(uuid);
    assertThat(hypervisor().domains()).contains(found);
  }

  @Test
  void what_does_not_exist_is_not_found() {
    assertThat(hypervisor().find(name)).isEmpty();
    assertThat(hypervisor().find(uuid)).isEmpty();
    assertThat(hypervisor().exists(uuid)).isFalse();
    assertThat(hypervisor().holder(name)).isEmpty();
    assertFails(() -> hypervisor().records(uuid), FailureCode.DOMAIN_UNKNOWN, "");
    assertThat(hypervisor().networkExists("no-such-network")).isFalse();
  }

  @Test
  void a_network_that_exists_is_found() {
    assertThat(hypervisor().networkExists(network())).isTrue();
  }

  @Test
  void describing_a_domain_changes_cetaks_metadata_and_nothing_else() {
    define();
    String before = hypervisor().find(uuid).orElseThrow().xml();
    hypervisor().describe(uuid, element("first"));
    hypervisor().describe(uuid, element("<second> & \"last\""));
    var described = DomainXml.parse(hypervisor().find(uuid).orElseThrow().xml());
    var metadata = DomainXml.child(described.root(), "metadata").orElseThrow();
    var own =
        DomainXml.children(metadata, null).stream()
            .filter(child -> DomainXml.CETAK_NAMESPACE.equals(child.getNamespaceURI()))
            .toList();
    assertThat(own)
        .singleElement()
        .satisfies(
            clone -> {
              assertThat(clone.getLocalName()).isEqualTo("clone");
              assertThat(clone.getAttribute("word")).isEqualTo("<second> & \"last\"");
              assertThat(DomainXml.children(clone, null))
                  .singleElement()
                  .matches(label -> "label".equals(label.getLocalName()))
                  .matches(label -> DomainXml.CETAK_NAMESPACE.equals(label.getNamespaceURI()));
            });
    metadata.removeChild(own.get(0));
    assertThat(withoutMetadata(described.text()))
        .isEqualTo(withoutMetadata(DomainXml.parse(before).text()));
    hypervisor().start(uuid);
    hypervisor().describe(uuid, element("live"));
    assertThat(hypervisor().find(uuid).orElseThrow().xml()).containsPattern("word=.live.");
  }

  @Test
  void a_domain_that_does_not_exist_cannot_be_described() {
    assertFails(() -> hypervisor().describe(uuid, element("x")), FailureCode.DOMAIN_UNKNOWN, "");
  }

  private static String element(String word) {
    DomainXml xml =
        DomainXml.parse(
            "<cetak:clone xmlns:cetak='urn:cetak:domain:1' word=''><cetak:label"
                + " name='a'/></cetak:clone>");
    xml.root().setAttribute("word", word);
    return xml.text();
  }

  private static String withoutMetadata(String xml) {
    return xml.replaceAll("(?s)<metadata.*?(/>|</metadata>)", "").replaceAll("\\s+", "");
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
  void what_the_schema_does_not_know_is_refused_also_when_all_around_it_was_accepted_before() {
    define();
    define();
    String bogus = xml(name, uuid).replace("</name>", "</name><bogus/>");

    assertFails(() -> hypervisor().define(bogus), FailureCode.HYPERVISOR_REFUSED, "bogus");
    assertFails(() -> hypervisor().define(bogus), FailureCode.HYPERVISOR_REFUSED, "bogus");
  }

  @Test
  void an_address_is_in_use_by_a_domain_from_its_definition_to_its_end() {
    String first = "52:54:7e:00:00:01";
    String second = "52:54:7e:00:00:02";
    UUID nobody = new UUID(0, 0);
    assertThat(hypervisor().macInUse(first, nobody)).isFalse();

    hypervisor().define(withInterface(first));
    awaitInUse(first, nobody, true);
    assertThat(hypervisor().macInUse(first.toUpperCase(Locale.ROOT), nobody)).isTrue();
    assertThat(hypervisor().macInUse(first, uuid)).isFalse();

    hypervisor().define(withInterface(second));
    awaitInUse(first, nobody, false);
    awaitInUse(second, nobody, true);

    hypervisor().undefine(uuid);
    awaitInUse(second, nobody, false);
  }

  @Test
  void a_refused_definition_leaves_no_address_in_use() {
    String mac = "52:54:7e:00:00:03";
    assertThat(hypervisor().macInUse(mac, uuid)).isFalse();
    String bogus = withInterface(mac).replace("</name>", "</name><bogus/>");

    assertFails(() -> hypervisor().define(bogus), FailureCode.HYPERVISOR_REFUSED, "bogus");

    awaitInUse(mac, new UUID(0, 0), false);
  }

  private String withInterface(String mac) {
    return xml(name, uuid)
        .replaceFirst("<devices>|(?=</domain>)", "<devices>")
        .replaceFirst("</devices>|(?=</domain>)", "</devices>")
        .replace(
            "</devices>",
            "<interface type='user'><mac address='%s'/></interface></devices>".formatted(mac));
  }

  private void awaitInUse(String mac, UUID except, boolean inUse) {
    await().atMost(PATIENCE).until(() -> hypervisor().macInUse(mac, except) == inUse);
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

    assertThat(hypervisor().records(uuid)).isEqualTo(new DomainRecords(true, true, 1, 0));

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
