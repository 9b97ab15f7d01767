package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Attacks on a sealed image, with the tools that operators have. The last ones break a version of
 * their own for good.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AttackIT {
  private static final Duration SOON = Duration.ofMinutes(2);

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;
  private static Path sealed;
  private static String digest;
  private static String clone;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    worker = WorkerProcess.start(lab, Map.of("CETAK_BARRIER_PROOF_INTERVAL", "2s")).awaitReady();
    sealed = disk("lab");
    digest = sha256(sealed);
    broker.send(
        "host.lab", Commands.clone("attacker", lab.template(), "attacker", ", \"start\": true"));
    clone = broker.outcome("attacker", SOON).data().get("uuid").asText();
  }

  @AfterAll
  static void stop() throws Exception {
    lab.barrier("install");
    Libvirtd.reload();
    broker.send("host.lab", Commands.delete("attacker-gone", "name", "attacker"));
    broker.outcome("attacker-gone", SOON);
    worker.close();
    broker.close();
  }

  @Test
  @Order(1)
  void a_worker_without_settings_for_it_is_heard_on_this_machine_alone() {
    String listens = Shell.must("ss", "-Hltn", "sport", "=", ":" + worker.port());
    assertThat(listens.lines())
        .hasSize(1)
        .allMatch(line -> line.matches(".* \\[?(::ffff:)?127\\.0\\.0\\.1]?:\\d+ .*"), listens);
  }

  @Test
  @Order(1)
  void no_password_stands_in_an_argument_or_in_a_log() throws IOException {
    List<String> told =
        Stream.concat(ProcessHandle.of(worker.pid()).stream(), worker.tools())
            .map(process -> process.info().commandLine().orElse(""))
            .collect(Collectors.toList());
    try (Stream<Path> files = Files.list(lab.directory())) {
      for (Path file : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        told.add(Files.readString(file));
      }
    }
    assertThat(told).hasSizeGreaterThan(1).noneMatch(text -> text.contains(Containers.password()));
  }

  @Test
  @Order(1)
  void its_xml_cannot_be_defined_and_started() {
    Path xml = definition("attack-define", "");
    Shell.must("virsh", "define", xml.toString());
    refused(Shell.run("virsh", "start", "attack-define"), "never booted");
    Shell.must("virsh", "undefine", "attack-define");
  }

  @Test
  @Order(1)
  void a_transient_domain_of_another_name_cannot_boot_it() {
    refused(
        Shell.run("virsh", "create", definition("attack-create", "").toString()), "never booted");
  }

  @Test
  @Order(1)
  void a_domain_cannot_boot_it_even_read_only() {
    refused(
        Shell.run("virsh", "create", definition("attack-readonly", "<readonly/>").toString()),
        "never booted");
  }

  @Test
  @Order(1)
  void it_cannot_be_plugged_into_a_running_vm() {
    refused(
        Shell.run(
            "virsh",
            "attach-disk",
            clone,
            sealed.toString(),
            "vdz",
            "--driver",
            "qemu",
            "--subdriver",
            "qcow2",
            "--live"),
        "");
  }

  @Test
  @Order(1)
  void a_clone_cannot_commit_its_changes_into_it() {
    refused(Shell.run("virsh", "blockcommit", clone, "vda", "--active", "--pivot", "--wait"), "");
  }

  @Test
  @Order(1)
  void it_cannot_be_resized_or_deleted_as_a_volume() {
    Shell.run("virsh", "pool-create-as", "attack", "dir", "--target", folder("lab").toString());
    refused(
        Shell.run("virsh", "vol-resize", "--pool", "attack", sealed.getFileName().toString(), "9G"),
        "");
    refused(
        Shell.run("virsh", "vol-delete", "--pool", "attack", sealed.getFileName().toString()), "");
    Shell.run("virsh", "pool-destroy", "attack");
  }

  @Test
  @Order(1)
  void qemu_itself_as_its_own_user_cannot_open_it_for_writing() {
    refused(
        Shell.run(
            "setpriv",
            "--reuid=libvirt-qemu",
            "--regid=libvirt-qemu",
            "--clear-groups",
            "timeout",
            "20",
            "qemu-system-x86_64",
            "-display",
            "none",
            "-machine",
            "none",
            "-nodefaults",
            "-drive",
            "if=none,format=qcow2,file=" + sealed),
        "");
  }

  @Test
  @Order(1)
  void autostart_does_not_boot_it_when_libvirtd_starts() throws IOException {
    Shell.must("virsh", "define", definition("attack-auto", "").toString());
    Shell.must("virsh", "autostart", "attack-auto");
    Libvirtd.stop();
    // libvirt starts these domains once per boot of the host, and keeps in this file that it has.
    Files.deleteIfExists(Path.of("/run/libvirt/qemu/autostarted"));
    Libvirtd.start();
    await("the attempt")
        .atMost(SOON)
        .until(
            () ->
                Files.readString(lab.directory().resolve("barrier/audit.log"))
                    .contains("attack-auto"));
    assertThat(Shell.must("virsh", "domstate", "attack-auto")).contains("shut off");
    Shell.must("virsh", "undefine", "attack-auto");
  }

  @Test
  @Order(2)
  void the_image_is_what_it_was_after_all_attacks() {
    assertThat(sha256(sealed)).isEqualTo(digest);
    assertThat(lab.tryBarrier("verify", version("lab")).ok()).isTrue();
  }

  @Test
  @Order(3)
  void a_deleted_hook_is_found_by_the_canary_and_seals_are_refused() {
    Lab.deleteHook();
    await("readiness down").atMost(SOON).until(() -> worker.get("/q/health/ready").status() == 503);
    assertThat(worker.get("/q/health/ready").body())
        .containsPattern("\"HOOK\"\\s*:\\s*\"missing\"");
    lab.defineGuest("hookless");
    broker.send("host.lab", Commands.sysprep("hookless", "hookless", "hookless", ""));
    Broker.Seen refused = broker.outcome("hookless", SOON);
    assertThat(refused.data().get("code").asText()).isEqualTo("BARRIER_MISSING");
    assertThat(refused.data().get("reason").asText()).contains("HOOK", "cetak-barrier install");
  }

  @Test
  @Order(4)
  void without_the_hook_a_read_only_boot_trips_the_wire_and_quarantines_the_version() {
    seal("tripped");
    Lab.deleteHook();
    Shell.run(
        "virsh", "create", definition("attack-trip", "<readonly/>", disk("tripped")).toString());
    Broker.Seen event =
        broker.event(
            e ->
                e.type().equals("cetak.template.quarantined")
                    && e.data().get("template").asText().equals("tripped"),
            SOON);
    assertThat(event.data().get("cause").asText()).isEqualTo("started");
    await("destroyed")
        .atMost(SOON)
        .until(() -> !Shell.run("virsh", "domstate", "attack-trip").ok());
    refusedClone("tripped");
  }

  @Test
  @Order(4)
  void a_tampered_image_is_quarantined_at_the_next_clone() {
    seal("tampered");
    Path image = disk("tampered");
    Shell.must("chattr", "-i", image.toString());
    Shell.must(
        "dd", "if=/dev/zero", "of=" + image, "bs=1", "count=1", "seek=70000", "conv=notrunc");
    Shell.must("chattr", "+i", image.toString());
    refusedClone("tampered");
    Broker.Seen event =
        broker.event(
            e ->
                e.type().equals("cetak.template.quarantined")
                    && e.data().get("template").asText().equals("tampered"),
            SOON);
    assertThat(event.data().get("cause").asText()).isEqualTo("changed");
  }

  private static void seal(String template) {
    lab.raiseBarrier();
    await("readiness").atMost(SOON).until(() -> worker.get("/q/health/ready").status() == 200);
    lab.defineGuest(template);
    broker.send("host.lab", Commands.sysprep("seal-" + template, template, template, ""));
    Broker.Seen outcome = broker.outcome("seal-" + template, Duration.ofMinutes(5));
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static void refusedClone(String template) {
    broker.send("host.lab", Commands.clone("of-" + template, template, "of-" + template, ""));
    Broker.Seen refused = broker.outcome("of-" + template, SOON);
    assertThat(refused.data().get("code").asText())
        .as(refused.body())
        .isEqualTo("TEMPLATE_QUARANTINED");
  }

  private static void refused(Shell.Result result, String words) {
    assertThat(result.ok()).as(result.output()).isFalse();
    assertThat(result.output()).contains(words);
    assertThat(sha256(sealed)).isEqualTo(digest);
  }

  private static Path disk(String template) {
    return folder(template).resolve("disk-0.qcow2");
  }

  private static Path folder(String template) {
    return lab.images().resolve("sealed").resolve(version(template));
  }

  private static String version(String template) {
    return Witness.rows("select id::text from template_version where template = '" + template + "'")
        .get(0);
  }

  private static Path definition(String name, String diskOption) {
    return definition(name, diskOption, sealed);
  }

  private static Path definition(String name, String diskOption, Path disk) {
    try {
      Path xml = Files.createTempFile(lab.directory(), name, ".xml");
      Files.writeString(
          xml,
          """
          <domain type='qemu'><name>%s</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <os><type arch='x86_64' machine='pc'>hvm</type></os>
            <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
              <source file='%s'/><target dev='vda' bus='virtio'/>%s</disk></devices>
          </domain>
          """
              .formatted(name, disk, diskOption));
      return xml;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String sha256(Path file) {
    return Shell.must("sha256sum", file.toString()).split(" ", -1)[0];
  }
}
