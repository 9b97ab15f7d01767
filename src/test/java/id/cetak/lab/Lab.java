package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a real worker stands on: RabbitMQ, PostgreSQL, libvirt with QEMU, the barrier,
 * and a small real guest. Made by {@code deploy/test}; one per test run, since libvirt's
 * directories are.
 */
public final class Lab {
  private static final Path BARRIER = Path.of("deploy/barrier/cetak-barrier").toAbsolutePath();
  private static final Path HOOK = Path.of("/etc/libvirt/hooks/qemu.d/50-cetak");

  private static @Nullable Lab lab;

  private final Path directory;
  private final Path guest;
  private boolean sealed;

  private Lab(Path directory, Path guest) {
    this.directory = directory;
    this.guest = guest;
  }

  /** The lab, set up at the first call; its barrier is up at each. */
  public static synchronized Lab get() {
    if (lab == null) {
      if (!"1".equals(System.getenv("CETAK_TEST_LAB"))) {
        throw new IllegalStateException("This test needs the lab: run deploy/test");
      }
      Lab made =
          new Lab(Path.of(variable("CETAK_TEST_DIRECTORY")), Path.of(variable("CETAK_TEST_GUEST")));
      made.setUp();
      lab = made;
    } else if (!Files.exists(HOOK)) {
      // The tests of the barrier's own program take it away when they end.
      Libvirtd.start();
      lab.raiseBarrier();
    }
    return lab;
  }

  private static String variable(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new IllegalStateException(name + " is not set: run deploy/test"));
  }

  private void setUp() {
    try {
      for (String name :
          List.of("images/sealed", "images/clones", "images/work", "vms", "barrier")) {
        Files.createDirectories(directory.resolve(name));
      }
      Files.writeString(
          directory.resolve("barrier/barrier.conf"),
          """
          sealed=%1$s/images/sealed
          list=%1$s/barrier/sealed
          group=libvirt-qemu
          hooks=/etc/libvirt/hooks/qemu.d
          audit=%1$s/barrier/audit.log
          pidfile=/run/libvirt/libvirtd.pid
          """
              .formatted(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Libvirtd.start();
    barrier("install");
    barrier("canary");
  }

  /** Installs the barrier again, and waits until libvirt refuses what it must. */
  public void raiseBarrier() {
    barrier("install");
    Libvirtd.reload();
    await("the barrier").atMost(Duration.ofMinutes(1)).until(() -> tryBarrier("canary").ok());
  }

  /** Takes libvirt's hook away, as an attacker would who is root; until the barrier is raised. */
  public static void deleteHook() {
    Shell.must("chattr", "-i", HOOK.toString());
    Shell.must("rm", "--", HOOK.toString());
  }

  public Path directory() {
    return directory;
  }

  public Path images() {
    return directory.resolve("images");
  }

  /** Runs the barrier's root program. */
  public Shell.Result tryBarrier(String... words) {
    List<String> command = new java.util.ArrayList<>(List.of(BARRIER.toString()));
    command.addAll(List.of(words));
    return Shell.run(
        Map.of("CETAK_BARRIER_CONF", directory.resolve("barrier/barrier.conf").toString()),
        command);
  }

  public String barrier(String... words) {
    Shell.Result result = tryBarrier(words);
    if (!result.ok()) {
      throw new IllegalStateException(String.join(" ", words) + ": " + result.output());
    }
    return result.output();
  }

  /** What a worker is started with; leases are short, so that a crash is noticed soon. */
  public Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("CETAK_HOST", "lab");
    environment.put("CETAK_LIBVIRT_URI", "qemu:///system");
    environment.put("CETAK_IMAGES_DIRECTORY", images().toString());
    environment.put("CETAK_IMAGES_RESERVE_BYTES", "104857600");
    environment.put("CETAK_BARRIER_COMMAND", BARRIER.toString());
    environment.put("CETAK_BARRIER_CONF", directory.resolve("barrier/barrier.conf").toString());
    environment.put("CETAK_RUN_LEASE", "3s");
    environment.put("CETAK_RUN_POLL", "200ms");
    environment.put("CETAK_RUN_RETRY_DELAY", "500ms");
    environment.put("CETAK_RUN_MAX_FAILURES", "200");
    environment.put("RABBITMQ_HOST", Containers.rabbitmq().getHost());
    environment.put("RABBITMQ_PORT", Integer.toString(Containers.amqpPort()));
    environment.put("RABBITMQ_USERNAME", Containers.user());
    environment.put("RABBITMQ_PASSWORD", Containers.password());
    environment.put("QUARKUS_DATASOURCE_JDBC_URL", Containers.postgres().getJdbcUrl());
    environment.put("QUARKUS_DATASOURCE_USERNAME", Containers.user());
    environment.put("QUARKUS_DATASOURCE_PASSWORD", Containers.password());
    return environment;
  }

  /** Defines a VM of the small guest, switched off, with a disk of its own. @return the disk */
  public Path defineGuest(String name) {
    Path disk = diskOf(name, guest.resolve("guest.qcow2"));
    defineOn(name, disk);
    return disk;
  }

  /** Defines a VM with this disk. */
  public void defineOn(String name, Path disk) {
    define(name, guestXml(name, disk));
  }

  /** The disk of a guest that was defined here. */
  public Path sourceDisk(String name) {
    return directory.resolve("vms").resolve(name + ".qcow2");
  }

  /** Whether the disk of a guest that was defined here is what it was then. */
  public boolean isUntouched(String name) {
    try {
      return Files.mismatch(sourceDisk(name), guest.resolve("guest.qcow2")) == -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Defines a VM whose root is a logical volume on the first of its two disks. It says on its
   * console what it finds on the second: {@code CETAK-DATA made-for=golden seen-by=...}
   */
  public void defineVolumeGuest(String name) {
    Path makes = makes();
    String xml = guestXml(name, diskOf(name, makes.resolve("lvm.qcow2")));
    String second =
        """
        </disk><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
          <source file='%s'/><target dev='vdb' bus='virtio'/></disk>
        """
            .formatted(diskOf(name + "-data", makes.resolve("lvm-data.qcow2")));
    define(
        name,
        xml.replaceFirst("</disk>", second)
            .replace(
                guest.resolve("initrd.gz").toString(), makes.resolve("lvm-initrd.gz").toString())
            .replace("</cmdline>", " cetak.root=/dev/cetak/root</cmdline>"));
  }

  /** Defines a VM that boots by UEFI from its own disk. */
  public void defineEfiGuest(String name) {
    String xml = guestXml(name, diskOf(name, makes().resolve("efi.qcow2")));
    String firmware =
        """
        <os><type arch='x86_64' machine='q35'>hvm</type>
          <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>
          <nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'>%s</nvram></os>
        """
            .formatted(directory.resolve("vms").resolve(name + "-vars.fd"));
    define(
        name,
        xml.replaceFirst("(?s)<os>.*</os>", firmware)
            .replaceFirst("<memory unit='MiB'>\\d+</memory>", "<memory unit='MiB'>256</memory>"));
  }

  /** Defines a VM of Debian with systemd and without cloud-init, which boots by BIOS. */
  public void defineDebianGuest(String name) {
    String folder = variable("CETAK_TEST_CLOUD_GUEST");
    Shell.must("deploy/guest/build-cloud", folder, "plain");
    String xml = guestXml(name, diskOf(name, Path.of(folder, "plain.qcow2")));
    define(
        name,
        xml.replaceFirst("(?s)<os>.*</os>", "<os><type arch='x86_64' machine='pc'>hvm</type></os>")
            .replaceFirst("<memory unit='MiB'>\\d+</memory>", "<memory unit='MiB'>384</memory>"));
  }

  private Path makes() {
    Path makes = directory.resolve("makes");
    Shell.must("deploy/guest/build-makes", guest.toString(), makes.toString());
    return makes;
  }

  private Path diskOf(String name, Path image) {
    Path disk = directory.resolve("vms").resolve(name + ".qcow2");
    try {
      return Files.copy(image, disk, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String guestXml(String name, Path disk) {
    return Shell.must(
        "deploy/guest/domain-xml",
        name,
        disk.toString(),
        "qemu",
        guest.toString(),
        console(name).toString());
  }

  private void define(String name, String xml) {
    try {
      Path file = Files.createTempFile(directory, name, ".xml");
      Files.writeString(file, xml);
      Shell.must("virsh", "-q", "define", file.toString());
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A cloud image of Debian with cloud-init, qcow2, never booted; built at the first call, which
   * takes a minute or two. It boots from its own disk by BIOS, needs 384 MiB, and says on its
   * serial console who it is, as the small guest does, with {@code users=} and {@code keys=}
   * besides.
   */
  public synchronized Path cloudImage() {
    String folder = variable("CETAK_TEST_CLOUD_GUEST");
    Shell.must("deploy/guest/build-cloud", folder);
    return Path.of(folder, "cloud.qcow2");
  }

  /**
   * The name of a template that was sealed once for all tests, from a guest of its own, by a real
   * worker.
   */
  public synchronized String template() {
    if (!sealed) {
      defineGuest("seed");
      try (Broker broker = new Broker(Containers.amqpUri());
          WorkerProcess worker = WorkerProcess.start(this, Map.of()).awaitReady()) {
        broker.send("host.lab", Commands.sysprep("lab-seed", "seed", "lab", ""));
        Broker.Seen outcome = broker.outcome("lab-seed", Duration.ofMinutes(10));
        if (!outcome.type().equals("cetak.template.sealed")) {
          throw new IllegalStateException(outcome.body() + worker.log());
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      sealed = true;
    }
    return "lab";
  }

  /** Where a guest that was defined here writes its console. */
  public Path console(String name) {
    return directory.resolve("vms").resolve(name + ".console");
  }
}
