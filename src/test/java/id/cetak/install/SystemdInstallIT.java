package id.cetak.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Shell;
import id.cetak.lab.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * {@code deploy/systemd/install} on a Debian that systemd runs, with Debian's own libvirt: the
 * units take so much away from the worker that only a real seal and a real clone tell whether
 * enough is left.
 */
class SystemdInstallIT {
  private static final String NAME = "systemd";
  private static final Duration READY = Duration.ofMinutes(4);
  private static final Duration SEAL = Duration.ofMinutes(10);

  private static GenericContainer<?> machine;
  private static Broker broker;

  @BeforeAll
  static void start() throws IOException {
    Shell.must("deploy/images/build", NAME);
    Containers.virtualHost(NAME);
    Witness.change("create database " + NAME);
    broker = new Broker(Containers.amqpUri() + "/" + NAME);
    machine = machine(folder("cetak"), folder("hooks"));
    machine.start();
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
    // What the barrier made immutable, docker could not remove either.
    machine.execInContainer("chattr", "-R", "-f", "-i", "/var/lib/cetak", "/etc/libvirt/hooks");
    machine.stop();
  }

  @Test
  void what_was_installed_seals_and_clones_and_is_there_after_a_reboot() {
    on("/source/deploy/systemd/install");
    on("sh", "-c", "printf '%s\n' \"$@\" >>/etc/cetak/worker.env", "sh", settings());
    password("rabbitmq-password");
    password("quarkus.datasource.password");
    on("systemctl", "enable", "--now", "cetak-worker");
    awaitReady();
    golden();

    broker.send("host.hv1", Commands.sysprep("systemd-seal", "golden", "golden", ""));
    Broker.Seen sealed = broker.outcome("systemd-seal", SEAL);
    assertThat(sealed.type()).as(sealed.body()).isEqualTo("cetak.template.sealed");
    assertThat(on("lsattr", "-d", sealed.data().get("folder").asText())).startsWith("----i");
    clone("systemd-a");
    assertThat(on("virsh", "-q", "list", "--name").strip()).isEqualTo("systemd-a");

    machine.getDockerClient().restartContainerCmd(machine.getContainerId()).withTimeout(5).exec();
    awaitReady();
    clone("systemd-b");
    assertThat(on("virsh", "-q", "list", "--name", "--all").lines().filter(line -> !line.isBlank()))
        .containsExactlyInAnyOrder("systemd-a", "systemd-b");
  }

  private static void clone(String name) {
    broker.send("host.hv1", Commands.clone(name, "golden", name, ", \"start\": true"));
    Broker.Seen made = broker.outcome(name, READY);
    assertThat(made.type()).as(made.body()).isEqualTo("cetak.clone.completed");
  }

  private static void awaitReady() {
    await("a worker that is ready")
        .atMost(READY)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () ->
                assertThat(
                        machine
                            .execInContainer("curl", "-sf", "localhost:8080/q/health/ready")
                            .getExitCode())
                    .as(
                        machine
                            .execInContainer(
                                "journalctl", "-u", "cetak-worker", "-n", "40", "--no-pager")
                            .getStdout())
                    .isZero());
  }

  private static String settings() {
    return String.join(
        "\n",
        "CETAK_HOST=hv1",
        "RABBITMQ_HOST=" + address(Containers.rabbitmq()),
        "RABBITMQ_VIRTUAL_HOST=" + NAME,
        "QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://%s:5432/%s"
            .formatted(address(Containers.postgres()), NAME));
  }

  /** On the network of the containers. */
  private static String address(GenericContainer<?> container) {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .findFirst()
        .orElseThrow()
        .getIpAddress();
  }

  private static void password(String name) {
    on(
        "sh",
        "-c",
        "printf '%s\n' \"$1\" >\"/etc/cetak/credentials/$2\"",
        "sh",
        Containers.password(),
        name);
  }

  /** A VM that is off, of the small guest, as an operator would have it for the worker. */
  private static void golden() {
    String images = "/var/lib/libvirt/images";
    on("install", "-d", "-g", "libvirt-qemu", "-m", "0771", images);
    on("install", "-m", "0644", "/guest/vmlinuz", "/guest/initrd.gz", "/var/lib/libvirt");
    String disk = images + "/golden.qcow2";
    on("install", "-g", "libvirt-qemu", "-m", "0660", "/guest/guest.qcow2", disk);
    on(
        "sh",
        "-c",
        "/source/deploy/guest/domain-xml golden \"$1\" qemu /var/lib/libvirt \"$1.console\" >/root/golden.xml",
        "sh",
        disk);
    on("virsh", "-q", "define", "/root/golden.xml");
  }

  private static String on(String... command) {
    return Containers.must(machine, command);
  }

  private static Path folder(String name) throws IOException {
    return Files.createDirectories(Path.of(variable("CETAK_TEST_DIRECTORY"), NAME, name));
  }

  private static String variable(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new IllegalStateException(name + " is not set: run deploy/test"));
  }

  private static GenericContainer<?> machine(Path cetak, Path hooks) {
    GenericContainer<?> container =
        Containers.labelled(
            new GenericContainer<>(DockerImageName.parse("cetak-%s:local".formatted(NAME))));
    Map<Path, String> binds =
        Map.of(
            Path.of("").toAbsolutePath(),
            "/source:ro",
            Path.of(variable("CETAK_TEST_GUEST")),
            "/guest:ro",
            cetak,
            "/var/lib/cetak",
            hooks,
            "/etc/libvirt/hooks");
    return container
        .withTmpFs(Map.of("/run", "rw", "/tmp", "rw"))
        .withCreateContainerCmdModifier(
            command ->
                Optional.ofNullable(command.withHostName("hv1").getHostConfig())
                    .orElseThrow()
                    .withBinds(
                        binds.entrySet().stream()
                            .map(bind -> bind.getKey() + ":" + bind.getValue())
                            .map(Bind::parse)
                            .toList())
                    .withCapAdd(
                        Capability.SYS_ADMIN,
                        Capability.NET_ADMIN,
                        Capability.LINUX_IMMUTABLE,
                        Capability.SYS_PTRACE,
                        Capability.DAC_READ_SEARCH)
                    .withSecurityOpts(List.of("seccomp=unconfined", "apparmor=unconfined")));
  }
}
