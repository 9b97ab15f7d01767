package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.HypervisorContract;
import id.cetak.hypervisor.PowerState;
import id.cetak.lab.Libvirtd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.libvirt.Connect;

/** The contract on real QEMU, and what only a real hook and a real start can show. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class LibvirtQemuIT extends HypervisorContract {
  private static final String URI = "qemu:///system";
  private static final String NETWORK = "contract";
  private static final Path HOOK = Path.of("/etc/libvirt/hooks/qemu.d/10-contract");

  private static final Path DIRECTORY = Path.of("/var/lib/libvirt/images");

  private static final LibvirtHypervisor HYPERVISOR =
      new LibvirtHypervisor(URI, 2, Duration.ofSeconds(1));

  @BeforeAll
  static void start() throws Exception {
    Libvirtd.start();
    Files.createDirectories(DIRECTORY);
    Files.createDirectories(HOOK.getParent());
    Files.writeString(
        HOOK,
        """
        #!/bin/sh
        [ "$2" = prepare ] || exit 0
        case $1 in vetoed*) echo "contract: $1 is sealed" >&2; exit 1 ;; esac
        """);
    Files.setPosixFilePermissions(HOOK, PosixFilePermissions.fromString("rwxr-xr-x"));
    Libvirtd.reload();
    Connect connect = new Connect(URI);
    connect.networkDefineXML("<network><name>%s</name></network>".formatted(NETWORK)).free();
    connect.close();
  }

  @AfterAll
  static void close() throws Exception {
    HYPERVISOR.close();
    Files.delete(HOOK);
    Connect connect = new Connect(URI);
    connect.networkLookupByName(NETWORK).undefine();
    connect.close();
  }

  @Override
  protected Hypervisor hypervisor() {
    return HYPERVISOR;
  }

  @Override
  protected String xml(String name, UUID uuid) {
    return QemuDomain.xml(name, uuid);
  }

  @Override
  protected String network() {
    return NETWORK;
  }

  @Override
  protected void burden(UUID uuid) throws Exception {
    Path image = DIRECTORY.resolve(uuid + ".qcow2");
    assertThat(
            new ProcessBuilder("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1M")
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
    HYPERVISOR.define(
        xml(name(), uuid)
            .replace(
                "</devices>",
                """
                <disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/>
                <target dev='vda' bus='virtio'/></disk></devices>"""
                    .formatted(image)));
    Burden.on(new Connect(URI), uuid);
    Files.delete(image);
  }

  @Test
  void the_version_names_libvirt_and_qemu() {
    assertThat(HYPERVISOR.version()).matches("libvirt \\d+\\.\\d+\\.\\d+, QEMU \\d+\\.\\d+\\.\\d+");
  }

  @Test
  void a_hooks_veto_is_a_refusal_in_the_hooks_own_words() {
    UUID vetoed = UUID.randomUUID();
    HYPERVISOR.define(xml("vetoed", vetoed));
    try {
      assertFails(
          () -> HYPERVISOR.start(vetoed),
          FailureCode.HYPERVISOR_REFUSED,
          "Start of domain 'vetoed': refused by the hook: contract: vetoed is sealed. ");
      assertThat(HYPERVISOR.find(vetoed)).map(Domain::state).contains(PowerState.OFF);
    } finally {
      HYPERVISOR.undefine(vetoed);
    }
  }

  @Test
  void a_refused_trial_start_gives_the_hooks_words_and_leaves_nothing() {
    assertThat(HYPERVISOR.refusalToStart(xml("vetoed-trial", UUID.randomUUID())))
        .hasValueSatisfying(words -> assertThat(words).contains("vetoed-trial is sealed"));
    assertThat(HYPERVISOR.find("vetoed-trial")).isEmpty();
  }

  @Test
  void a_trial_start_that_succeeds_leaves_nothing() {
    assertThat(HYPERVISOR.refusalToStart(xml(name(), uuid()))).isEmpty();
    assertThat(HYPERVISOR.find(name())).isEmpty();
  }

  @Test
  void a_trial_start_that_is_refused_for_another_reason_says_which() {
    define();
    assertThat(HYPERVISOR.refusalToStart(xml(name(), UUID.randomUUID())))
        .hasValueSatisfying(words -> assertThat(words).contains(name()));
  }

  @Test
  void uefi_variables_of_a_firmware_that_libvirt_chose_itself_are_found() throws Exception {
    Path nvram = Path.of("/var/lib/libvirt/qemu/nvram", name() + "_VARS.fd");
    Files.createDirectories(nvram.getParent());
    Files.writeString(nvram, "variables");
    HYPERVISOR.define(
        xml(name(), uuid())
            .replace("<os>", "<os firmware='efi'>")
            .replace("</os>", "</os><features><acpi/></features>"));

    assertThat(DomainXml.parse(HYPERVISOR.find(uuid()).orElseThrow().xml()).nvram())
        .contains(nvram);

    HYPERVISOR.undefine(uuid());
    assertThat(nvram).hasContent("variables");
    Files.delete(nvram);
  }

  @Test
  void undefining_leaves_the_nvram_where_it_is() throws Exception {
    Path nvram = Path.of("/var/lib/libvirt/qemu/nvram", name() + ".fd");
    Files.createDirectories(nvram.getParent());
    Files.writeString(nvram, "variables");
    HYPERVISOR.define(
        xml(name(), uuid())
            .replace(
                "</type></os>",
                """
                </type>
                <loader readonly='yes' type='pflash'>/usr/share/seabios/bios.bin</loader>
                <nvram>%s</nvram></os><features><acpi/></features>"""
                    .formatted(nvram)));

    HYPERVISOR.undefine(uuid());

    assertThat(HYPERVISOR.find(uuid())).isEmpty();
    assertThat(nvram).hasContent("variables");
    Files.delete(nvram);
  }
}
