package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestTools.Check;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttestationTest {
  private static final String MAC = "52:54:00:12:34:56";

  private final Map<String, GuestFile> files = new HashMap<>();
  private final Map<String, String> filesystems = new HashMap<>(Map.of("/dev/sda1", "ext4"));

  @Test
  void sealed_debian_cloud_image_passes() {
    debianCloudImage();
    assertThat(failed()).isEmpty();
    assertThat(checks())
        .extracting(Check::name)
        .containsExactly(
            "machine-id",
            "dbus-machine-id",
            "ssh-host-keys",
            "cloud-init-instance",
            "cloud-init-seed",
            "cloud-init-datasource-pin",
            "network-macs",
            "hostname",
            "hibernation",
            "dhcp-leases",
            "host-secrets",
            "storage-identity",
            "agents",
            "enrolments",
            "clone-state",
            "first-boot",
            "systemd");
    assertThat(checks()).allSatisfy(check -> assertThat(check.finding()).isNotBlank());
  }

  @Test
  void sealed_ubuntu_server_passes() {
    debianCloudImage();
    text(
        "/etc/netplan/00-installer-config.yaml",
        "network:\n  ethernets:\n    enp1s0: {dhcp4: true}\n");
    text("/etc/machine-id", "uninitialized\n");
    text("/etc/hostname", "ubuntu\n");
    assertThat(failed()).isEmpty();
  }

  @Test
  void sealed_fedora_without_cloud_init_passes() {
    firstBoot();
    text("/etc/machine-id", "");
    text("/etc/hostname", "localhost.localdomain\n");
    text("/etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nBOOTPROTO=dhcp\n");
    text(
        "/etc/NetworkManager/system-connections/Wired.nmconnection",
        "[connection]\nid=Wired\nuuid=6a1d2d0e-58a4-3f8e-a2a5-0123456789ab\n[ethernet]\n");
    assertThat(failed()).isEmpty();
  }

  @Test
  void machine_id_that_is_left_fails() {
    debianCloudImage();
    text("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    assertThat(failed()).containsExactly("machine-id");
    assertThat(finding("machine-id")).doesNotContain("0123456789abcdef");
  }

  @Test
  void machine_id_that_cannot_be_judged_fails() {
    debianCloudImage();
    files.put("/etc/machine-id", GuestFile.link("../var/lib/machine-id"));
    assertThat(failed()).containsExactly("machine-id");
    files.put("/etc/machine-id", new GuestFile(33, null, null));
    assertThat(failed()).containsExactly("machine-id");
    files.remove("/etc/machine-id");
    assertThat(failed()).isEmpty();
  }

  @Test
  void dbus_machine_id_of_its_own_fails() {
    debianCloudImage();
    String path = "/var/lib/dbus/machine-id";
    files.put(path, GuestFile.NAMED);
    assertThat(failed()).containsExactly("dbus-machine-id");
    files.put(path, GuestFile.link("/var/lib/other"));
    assertThat(failed()).containsExactly("dbus-machine-id");
    files.put(path, GuestFile.link("/etc/machine-id"));
    assertThat(failed()).isEmpty();
    files.put(path, GuestFile.link("../../../etc/machine-id"));
    assertThat(failed()).isEmpty();
    files.put(path, GuestFile.text(""));
    assertThat(failed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ssh-host-keys, /etc/ssh/ssh_host_ed25519_key",
    "ssh-host-keys, /etc/ssh/ssh_host_rsa_key.pub",
    "ssh-host-keys, /etc/dropbear/dropbear_ed25519_host_key",
    "cloud-init-instance, /var/lib/cloud/instance",
    "cloud-init-instance, /var/lib/cloud/instances/iid-1",
    "cloud-init-instance, /var/lib/cloud/data/previous-instance-id",
    "cloud-init-seed, /var/lib/cloud/seed/nocloud/meta-data",
    "dhcp-leases, /var/lib/dhcp/dhclient.eth0.leases",
    "dhcp-leases, /var/lib/NetworkManager/internal-6a1d-eth0.lease",
    "dhcp-leases, /var/lib/NetworkManager/secret_key",
    "clone-state, /var/lib/cetak/instance-id",
  })
  void left_over_file_fails_its_check(String check, String path) {
    debianCloudImage();
    files.put(path, GuestFile.NAMED);
    assertThat(failed()).containsExactly(check);
    assertThat(finding(check)).contains(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/netplan/50-cloud-init.yaml",
        "/etc/network/interfaces",
        "/etc/network/interfaces.d/eth0",
        "/etc/NetworkManager/system-connections/Wired.nmconnection",
        "/etc/systemd/network/10-eth.network",
        "/etc/systemd/network/70-eth.link",
        "/etc/systemd/network/eth.network.d/mac.conf",
        "/etc/sysconfig/network-scripts/ifcfg-eth0",
        "/etc/sysconfig/network/ifcfg-eth0",
        "/etc/udev/rules.d/70-persistent-net.rules",
        "/etc/dhcpcd.duid",
      })
  void mac_in_the_network_configuration_fails(String path) {
    debianCloudImage();
    text(path, "# fine\n  address=\"" + MAC + "\"\n");
    assertThat(failed()).containsExactly("network-macs");
    assertThat(finding("network-macs")).contains(path, MAC);
  }

  @ParameterizedTest
  @CsvSource({
    "HWADDR=52-54-00-AB-CD-EF, false",
    "DUID 00:01:00:01:2b:11:22:33:52:54:00:12:34:56, false",
    "# macaddress: 52:54:00:12:34:56, false",
    "# multicast such as 01:00:5e:00:00:fb, true",
    "; broadcast ff:ff:ff:ff:ff:ff, true",
    "dest ff:ff:ff:ff:ff:ff, false",
    "address 2001:db8:0:1:2:3:4:5, true",
    "address fe80::5054:ff:fe12:3456, true",
    "uuid=6a1d2d0e-58a4-3f8e-a2a5-0123456789ab, true",
    "mac 52:54:00-12:34:56, true",
  })
  void what_counts_as_a_mac(String line, boolean passes) {
    debianCloudImage();
    text("/etc/network/interfaces", line + "\n");
    assertThat(failed().isEmpty()).isEqualTo(passes);
  }

  @Test
  void network_configuration_behind_a_link_is_judged_or_fails() {
    debianCloudImage();
    String path = "/etc/netplan/10.yaml";
    text("/etc/hidden/net.yaml", "macaddress: " + MAC);
    files.put(path, GuestFile.link("../hidden/net.yaml"));
    assertThat(failed()).containsExactly("network-macs");
    files.put(path, GuestFile.link("/opt/net.yaml"));
    assertThat(failed()).containsExactly("network-macs");
    files.put(path, GuestFile.link(path));
    assertThat(failed()).containsExactly("network-macs");
    files.put(path, GuestFile.link("/dev/null"));
    assertThat(failed()).isEmpty();
    files.put(path, new GuestFile(1 << 20, null, null));
    assertThat(failed()).containsExactly("network-macs");
  }

  @ParameterizedTest
  @CsvSource({"web-1, false", "golden.example.org, false", "localhost, true", "Debian, true"})
  void host_name_must_be_neutral(String name, boolean passes) {
    debianCloudImage();
    text("/etc/hostname", "# comment\n" + name + "\n");
    assertThat(failed().isEmpty()).isEqualTo(passes);
  }

  @Test
  void host_name_that_cannot_be_read_fails() {
    debianCloudImage();
    files.put("/etc/hostname", GuestFile.link("/mnt/name"));
    assertThat(failed()).containsExactly("hostname");
  }

  @Test
  void hibernation_image_fails() {
    debianCloudImage();
    filesystems.put("/dev/sda2", "swap");
    assertThat(failed()).isEmpty();
    filesystems.put("/dev/sda2", "swsuspend");
    assertThat(failed()).containsExactly("hibernation");
    filesystems.put("/dev/sda2", "swap");
    var tree = new GuestTree(files, filesystems, List.of("/swapfile"), "");
    assertThat(failed(tree)).containsExactly("hibernation");
  }

  @Test
  void seed_among_the_guests_own_file_systems_fails() {
    debianCloudImage();
    assertThat(failed(new GuestTree(files, filesystems, List.of(), "/dev/sda3")))
        .containsExactly("cloud-init-seed");
  }

  @Test
  void guest_without_first_boot_fails() {
    debianCloudImage();
    files.remove("/usr/bin/cloud-init");
    assertThat(failed()).containsExactly("first-boot");
    firstBoot();
    assertThat(failed()).isEmpty();
    files.remove("/etc/systemd/system/multi-user.target.wants/cetak-first-boot.service");
    assertThat(failed()).containsExactly("first-boot");
  }

  @Test
  void disabled_cloud_init_gives_no_identity() {
    debianCloudImage();
    text("/etc/cloud/cloud-init.disabled", "");
    assertThat(failed()).containsExactly("first-boot");
    firstBoot();
    assertThat(failed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datasource_list: [ None ]",
        "datasource_list: [\n  Ec2,\n  None\n]",
        "datasource_list:\n  - Ec2\n  - None",
        "datasource_list:\n- Ec2\n",
        "'datasource_list': ['Azure']",
        "datasource_list: [] # NoCloud",
        "datasource:\n  NoCloud:\n    seedfrom: http://10.0.0.1/",
        "datasource: {NoCloud: {meta-data: {instance-id: x}}}",
        "manual_cache_clean: true",
      })
  void configuration_that_overlooks_the_seed_fails(String yaml) {
    debianCloudImage();
    text("/etc/cloud/cloud.cfg.d/99-pin.cfg", yaml);
    assertThat(failed()).containsExactly("cloud-init-datasource-pin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "datasource_list: [ NoCloud, None ]",
        "datasource_list:\n  - NoCloud # ours\n",
        "# datasource_list: [ None ]",
        "system_info:\n  datasource_list: [ None ]",
        "datasource:\n  Ec2:\n    metadata_urls: [ x ]\n  NoCloud: {}",
        "manual_cache_clean: false",
      })
  void configuration_that_takes_the_seed_passes(String yaml) {
    debianCloudImage();
    text("/etc/cloud/cloud.cfg.d/95-fine.cfg", yaml);
    assertThat(failed()).isEmpty();
  }

  @Test
  void of_several_data_source_lists_the_last_counts() {
    debianCloudImage();
    text("/etc/cloud/cloud.cfg.d/10-none.cfg", "datasource_list: [ None ]");
    assertThat(failed()).isEmpty();
    text("/etc/cloud/cloud.cfg.d/99-none.cfg", "datasource_list: [ None ]");
    assertThat(failed()).containsExactly("cloud-init-datasource-pin");
    assertThat(finding("cloud-init-datasource-pin")).contains("99-none.cfg");
  }

  @Test
  void kernel_command_line_and_ds_identify_can_pin_too() {
    debianCloudImage();
    text(
        "/etc/default/grub",
        "#GRUB=\"ds=x\"\nGRUB_CMDLINE_LINUX=\"quiet ds=nocloud;s=http://x/\"\n");
    assertThat(failed()).containsExactly("cloud-init-datasource-pin");
    text("/etc/default/grub", "GRUB_CMDLINE_LINUX=\"quiet fields=1\"\n");
    text("/etc/cloud/ds-identify.cfg", "datasource: Ec2\n");
    assertThat(failed()).containsExactly("cloud-init-datasource-pin");
    text("/etc/cloud/ds-identify.cfg", "policy: enabled\n");
    assertThat(failed()).isEmpty();
  }

  @Test
  @Timeout(20)
  void hostile_guest_neither_hangs_nor_overflows_nor_floods_the_finding() {
    debianCloudImage();
    text("/etc/netplan/a.yaml", "aa:".repeat(80_000));
    text("/etc/netplan/b.yaml", "a".repeat(250_000));
    text("/etc/default/grub", "ds ".repeat(80_000));
    text("/etc/cloud/cloud.cfg.d/a.cfg", "datasource_list:\n" + "- \n".repeat(80_000));
    text("/etc/cloud/cloud.cfg.d/b.cfg", "datasource:" + " {".repeat(100_000));
    for (int i = 0; i < 1000; i++) {
      files.put("/etc/ssh/ssh_host_" + i + "\u001b[31m\n" + "x".repeat(300), GuestFile.NAMED);
    }
    assertThat(checks())
        .allSatisfy(
            check -> assertThat(check.finding()).hasSizeLessThan(1200).matches("\\p{Print}*"));
  }

  @ParameterizedTest
  @CsvSource({
    "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so, 252",
    "/usr/lib/systemd/libsystemd-shared-249.so, 249",
    "/usr/lib/systemd/libsystemd-shared-252-32.el9_4.7.so, 252",
    "/usr/lib/systemd/libsystemd-shared-255.4-1.fc40.so, 255",
    "/usr/lib/systemd/libsystemd-shared-x.so, none",
    "/home/libsystemd-shared-252.so, none",
  })
  void the_version_of_systemd_is_told(String path, String version) {
    debianCloudImage();
    files.put(path, GuestFile.NAMED);
    assertThat(finding("systemd")).isEqualTo(version);
    assertThat(failed()).isEmpty();
  }

  private List<Check> checks() {
    return Attestation.of(new GuestTree(files, filesystems, List.of(), ""));
  }

  private List<Check> neverBooted() {
    return Attestation.ofNeverBooted(new GuestTree(files, filesystems, List.of(), ""));
  }

  private List<String> failed() {
    return failed(new GuestTree(files, filesystems, List.of(), ""));
  }

  private static List<String> failed(GuestTree tree) {
    return Attestation.of(tree).stream().filter(c -> !c.passed()).map(Check::name).toList();
  }

  @Test
  void a_cloud_image_that_never_ran_is_known_by_that() {
    debianCloudImage();
    assertThat(neverBooted()).allMatch(Check::passed);
    assertThat(neverBooted())
        .hasSize(checks().size() + 1)
        .last()
        .satisfies(check -> assertThat(check.name()).isEqualTo("never-booted"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var/lib/cloud/instance",
        "/var/lib/cloud/sem/config_scripts_per_once.once",
        "/var/log/journal/0123456789abcdef0123456789abcdef/system.journal",
        "/var/lib/systemd/random-seed",
        "/var/lib/systemd/timers/stamp-apt-daily.timer"
      })
  void a_mark_of_a_boot_shows(String path) {
    debianCloudImage();
    files.put(path, GuestFile.NAMED);
    assertThat(neverBooted())
        .filteredOn(check -> check.name().equals("never-booted"))
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.passed()).isFalse();
              assertThat(check.finding()).isEqualTo(path + " left by a boot");
            });
  }

  private String finding(String name) {
    return checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .finding();
  }

  private void text(String path, String text) {
    files.put(path, GuestFile.text(text));
  }

  private void debianCloudImage() {
    files.put("/usr/bin/cloud-init", GuestFile.NAMED);
    text("/etc/machine-id", "");
    text("/etc/hostname", "localhost\n");
    text("/etc/hosts", "127.0.0.1 localhost\n");
    text("/etc/network/interfaces", "# interfaces(5)\nsource /etc/network/interfaces.d/*\n");
    text("/etc/cloud/cloud.cfg", "users:\n  - default\ndisable_root: true\n");
    text(
        "/etc/cloud/cloud.cfg.d/90_dpkg.cfg",
        """
        # to update this file, run dpkg-reconfigure cloud-init
        datasource_list: [ NoCloud, ConfigDrive, Ec2, None ]
        """);
    text("/etc/ssh/sshd_config", "PermitRootLogin no\n");
    files.put("/etc/systemd/network/99-default.link", GuestFile.link("/dev/null"));
  }

  private void firstBoot() {
    files.put("/usr/lib/systemd/systemd", GuestFile.NAMED);
    files.put("/usr/lib/cetak/first-boot", GuestFile.NAMED);
    text("/etc/systemd/system/cetak-first-boot.service", "[Unit]\n");
    files.put(
        "/etc/systemd/system/multi-user.target.wants/cetak-first-boot.service",
        GuestFile.link("../cetak-first-boot.service"));
    files.put("/etc/rcS.d/S20cetak-first-boot", GuestFile.link("../../usr/lib/cetak/first-boot"));
  }
}
