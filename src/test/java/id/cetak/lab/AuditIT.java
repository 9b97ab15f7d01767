package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fifty good clones and six domains made wrong on purpose, as an operator would make them. */
class AuditIT {
  private static final Duration CLONE = Duration.ofMinutes(2);
  private static final Duration AUDIT = Duration.ofMinutes(15);
  private static final Path GUEST = Path.of(System.getenv().getOrDefault("CETAK_TEST_GUEST", "/"));
  private static final SecureRandom RANDOM = new SecureRandom();

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
    for (String name : Shell.must("virsh", "list", "--all", "--name").lines().toList()) {
      if (name.startsWith("audit-by-hand-")) {
        Shell.must("virsh", "undefine", name);
      }
    }
    worker.close();
    broker.close();
  }

  @Test
  void audit_finds_six_domains_made_wrong_with_their_causes_and_nothing_else() throws Exception {
    JsonNode running = clone("audit-booted-1", ", \"start\": true");
    JsonNode booted = clone("audit-booted-2", ", \"start\": true");
    clone("audit-full", ", \"disk\": \"full\"");
    broker.send("host.lab", Commands.batch("audit-batch", lab.template(), 47));
    assertThat(broker.outcome("audit-batch", CLONE).type()).isEqualTo("cetak.batch.completed");
    awaitBoot(running);
    awaitBoot(booted);
    Shell.must("virsh", "destroy", "audit-booted-2");

    sameMac();
    rawCopy(disk(booted));
    virtCloneWithoutSysprep();
    sameInstanceId();
    sameHostName();
    copyOfTheSealedImage();
    identify();
    Shell.must(
        "virt-clone",
        "--original",
        "audit-by-hand-pet",
        "--name",
        "audit-by-hand-pet-clone",
        "--file",
        vm("audit-by-hand-pet-clone").toString());

    broker.send("host.lab", audit("audit-all"));
    Broker.Seen outcome = broker.outcome("audit-all", AUDIT);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.audit.completed");

    Map<String, String> found = findings(outcome.data());
    assertThat(found.keySet())
        .as(outcome.body())
        .containsExactlyInAnyOrder(
            "mac: audit-batch-1 audit-by-hand-mac",
            "machine-id: audit-booted-2 audit-by-hand-raw",
            "ssh-host-key: audit-booted-2 audit-by-hand-raw",
            "instance-id: audit-booted-2 audit-by-hand-raw",
            "hostname: audit-booted-2 audit-by-hand-raw",
            "machine-id: audit-by-hand-pet audit-by-hand-pet-clone",
            "ssh-host-key: audit-by-hand-pet audit-by-hand-pet-clone",
            "hostname: audit-by-hand-pet audit-by-hand-pet-clone",
            "instance-id: audit-batch-2 audit-by-hand-instance",
            "hostname: audit-booted-1 audit-by-hand-host",
            "sealed-image-copy: audit-by-hand-sealed");
    assertCause(found, "mac: audit-batch-1", "the same MAC was given by hand");
    assertCause(found, "machine-id: audit-booted-2", "raw copy: audit-by-hand-raw has the disk of");
    assertCause(found, "ssh-host-key: audit-by-hand-pet", "virt-clone without sysprep");
    assertCause(
        found, "instance-id: audit-batch-2", "was given the instance-id of that of audit-b");
    assertCause(found, "hostname: audit-booted-1", "given the same host name by hand");
    assertCause(found, "sealed-image-copy", "A copy of the sealed image lab@1 is a disk of");

    assertThat(mine(outcome.data().get("vmsUnread"))).isEmpty();
    System.out.printf(
        "%nAUDIT %s domains, %s read, in %s ms: %s ms each%n",
        outcome.data().get("vms"),
        outcome.data().get("vmsRead"),
        outcome.data().get("readMillis"),
        outcome.data().get("millisPerVm"));
    assertThat(Shell.must("virsh", "domstate", "audit-booted-1").strip()).isEqualTo("running");
    assertThat(lab.images().resolve("work/.tmp")).isEmptyDirectory();
    leaveNothing();
  }

  /** The address of a clone, in a definition that somebody wrote. */
  private static void sameMac() throws IOException {
    String mac =
        Shell.must("virsh", "dumpxml", "audit-batch-1")
            .replaceAll("(?s).*<mac address='([0-9a-f:]{17})'.*", "$1");
    stranger("mac");
    define("mac", "<interface type='user'>", "<interface type='user'><mac address='" + mac + "'/>");
  }

  private static void rawCopy(Path disk) throws IOException {
    Shell.must(
        "qemu-img", "convert", "-O", "qcow2", disk.toString(), vm("audit-by-hand-raw").toString());
    define("raw", "", "");
  }

  private static void virtCloneWithoutSysprep() throws IOException {
    stranger("pet");
    define("pet", "", "");
  }

  /** A seed that was written by hand, with an instance-id that a clone has. */
  private static void sameInstanceId() throws IOException {
    String uuid = Shell.must("virsh", "domuuid", "audit-batch-2").strip();
    Path files = Files.createTempDirectory(lab.directory(), "seed");
    Files.writeString(
        files.resolve("meta-data"),
        "instance-id: %s\nlocal-hostname: audit-by-hand-instance\n".formatted(uuid));
    Files.writeString(files.resolve("user-data"), "#cloud-config\n");
    Path seed = lab.directory().resolve("vms/audit-by-hand-seed.iso");
    Shell.must(
        "genisoimage",
        "-quiet",
        "-output",
        seed.toString(),
        "-volid",
        "cidata",
        "-joliet",
        "-rock",
        files.resolve("meta-data").toString(),
        files.resolve("user-data").toString());
    stranger("instance");
    define(
        "instance",
        "<interface",
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='"
            + seed
            + "'/><target dev='vdb' bus='virtio'/><readonly/></disk><interface");
  }

  private static void sameHostName() throws IOException {
    stranger("host");
    define("host", "", "");
  }

  private static void copyOfTheSealedImage() throws IOException {
    String version =
        Witness.rows("select id::text from template_version where template = 'lab' and version = 1")
            .get(0);
    Path sealed = lab.images().resolve("sealed").resolve(version).resolve("disk-0.qcow2");
    Shell.must(
        "qemu-img",
        "convert",
        "-O",
        "qcow2",
        sealed.toString(),
        vm("audit-by-hand-sealed").toString());
    define("sealed", "", "");
  }

  private static Path vm(String name) {
    return lab.directory().resolve("vms").resolve(name + ".qcow2");
  }

  /** A VM of its own that no other has anything from but the file system. */
  private static void stranger(String name) throws IOException {
    Files.copy(GUEST.resolve("guest.qcow2"), vm("audit-by-hand-" + name));
  }

  /** Gives each stranger an identity, as its first boot would; one appliance for all. */
  private static void identify() throws IOException {
    List<String> command = new ArrayList<>(List.of("guestfish"));
    List<String> script = new ArrayList<>(List.of("run"));
    char device = 'a';
    for (String name : List.of("mac", "pet", "instance", "host")) {
      Path key = Files.createTempFile(lab.directory(), "key", "");
      Files.write(key, dropbearKey());
      command.addAll(List.of("--format=qcow2", "-a", vm("audit-by-hand-" + name).toString()));
      script.add("mount /dev/sd" + device++ + " /");
      script.add("upload " + key + " /etc/dropbear/dropbear_ed25519_host_key");
      script.add("write /etc/machine-id " + hexadecimal());
      script.add(
          "write /etc/hostname " + (name.equals("host") ? "audit-booted-1" : "audit-by-" + name));
      script.add("umount-all");
    }
    Path file = Files.createTempFile(lab.directory(), "identify", ".fish");
    Files.write(file, script);
    command.addAll(List.of("-f", file.toString()));
    Shell.Result result = Shell.run(Map.of("LIBGUESTFS_BACKEND_SETTINGS", "force_tcg"), command);
    assertThat(result.ok()).as(result.output()).isTrue();
  }

  private static byte[] dropbearKey() {
    byte[] key = new byte[83];
    RANDOM.nextBytes(key);
    byte[] head = "\0\0\0\13ssh-ed25519\0\0\0\100".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, key, 0, head.length);
    return key;
  }

  private static String hexadecimal() {
    return "%016x%016x".formatted(RANDOM.nextLong(), RANDOM.nextLong());
  }

  private static void define(String name, String what, String instead) throws IOException {
    String domain = "audit-by-hand-" + name;
    String xml =
        Shell.must(
            "deploy/guest/domain-xml",
            domain,
            vm(domain).toString(),
            "qemu",
            GUEST.toString(),
            lab.console(domain).toString());
    Path file = Files.createTempFile(lab.directory(), domain, ".xml");
    Files.writeString(file, what.isEmpty() ? xml : xml.replace(what, instead));
    Shell.must("virsh", "-q", "define", file.toString());
  }

  private static JsonNode clone(String name, String more) {
    broker.send("host.lab", Commands.clone(name, lab.template(), name, more));
    Broker.Seen outcome = broker.outcome(name, CLONE);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
    return outcome.data();
  }

  private static Path disk(JsonNode clone) {
    return Path.of(clone.get("disks").get(0).get("path").asText());
  }

  private static void awaitBoot(JsonNode clone) {
    Path console = disk(clone).resolveSibling("serial-0.log");
    await("boot of " + clone.get("name"))
        .atMost(Duration.ofMinutes(3))
        .until(() -> said(clone, console).contains("CETAK-GUEST"));
  }

  private static String said(JsonNode clone, Path guess) throws IOException {
    Path console =
        Path.of(
            Shell.must("virsh", "-q", "dumpxml", clone.get("uuid").asText())
                .lines()
                .filter(line -> line.contains("<source path="))
                .findFirst()
                .map(line -> line.replaceAll(".*path='([^']*)'.*", "$1"))
                .orElse(guess.toString()));
    return Files.exists(console) ? Files.readString(console) : "";
  }

  /** By kind and names, the cause; of the domains that this test made. */
  private static Map<String, String> findings(JsonNode data) {
    Map<String, String> found = new TreeMap<>();
    for (JsonNode finding : data.get("findings")) {
      List<String> names = mine(finding.get("vms"));
      if (!names.isEmpty()) {
        found.put(
            finding.get("kind").asText() + ": " + String.join(" ", names),
            finding.get("cause").asText());
      }
    }
    return found;
  }

  private static List<String> mine(JsonNode vms) {
    return StreamSupport.stream(vms.spliterator(), false)
        .map(vm -> vm.get("name").asText())
        .filter(name -> name.startsWith("audit-"))
        .sorted()
        .toList();
  }

  private static void assertCause(Map<String, String> found, String finding, String words) {
    assertThat(found.entrySet().stream().filter(entry -> entry.getKey().startsWith(finding)))
        .as(finding)
        .isNotEmpty()
        .allMatch(entry -> entry.getValue().contains(words));
  }

  private static void leaveNothing() {
    broker.send("host.lab", Commands.delete("audit-batch-gone", "batch", "audit-batch"));
    for (String name : List.of("audit-booted-1", "audit-booted-2", "audit-full")) {
      broker.send("host.lab", Commands.delete(name + "-gone", "name", name));
      broker.outcome(name + "-gone", CLONE);
    }
    broker.outcome("audit-batch-gone", CLONE);
  }

  private static String audit(String id) {
    return "{\"command\": \"audit\", \"id\": \"" + id + "\"}";
  }
}
