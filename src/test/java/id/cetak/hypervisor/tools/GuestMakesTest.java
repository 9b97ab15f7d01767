package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestTools.Check;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each make keeps its identity in places of its own: there it is found, and nowhere else. */
class GuestMakesTest {
  private static final List<String> MAKES = GuestTrees.MAKES;

  /** Make, check, path and what is added to the file; {@code *} is every make. */
  private static final String PLANTS =
      """
      * | machine-id | /etc/machine-id | 0123456789abcdef0123456789abcdef
      * | dbus-machine-id | /var/lib/dbus/machine-id | ?
      * | ssh-host-keys | /etc/ssh/ssh_host_rsa_key | ?
      * | ssh-host-keys | /etc/dropbear/initramfs/dropbear_rsa_host_key | ?
      * | ssh-host-keys | /etc/tinyssh/sshkeydir/ed25519.pk | ?
      * | cloud-init-instance | /var/lib/cloud/instances/iid-1 | ?
      * | cloud-init-seed | /var/lib/cloud/seed/nocloud/meta-data | ?
      * | hostname | /etc/hostname | golden
      * | network-macs | /etc/udev/rules.d/70-persistent-net.rules | SUBSYSTEM=="net", ATTR{address}=="52:54:00:12:34:56", NAME="eth0"
      * | dhcp-leases | /var/lib/dhcp/dhclient.eth0.leases | ?
      * | host-secrets | /var/lib/systemd/random-seed | ?
      * | host-secrets | /boot/efi/loader/random-seed | ?
      * | storage-identity | /etc/iscsi/initiatorname.iscsi | InitiatorName=iqn.1993-08.org.debian:01:abcdef
      * | storage-identity | /etc/nvme/hostnqn | ?
      * | storage-identity | /etc/nvme/hostid | ?
      * | agents | /etc/salt/minion_id | ?
      * | agents | /etc/salt/pki/minion/minion.pem | ?
      * | agents | /var/lib/tailscale/tailscaled.state | ?
      * | agents | /var/lib/docker/engine-id | ?
      * | enrolments | /etc/krb5.keytab | ?
      * | enrolments | /etc/puppetlabs/puppet/ssl/private_keys/golden.pem | ?
      * | clone-state | /var/lib/cetak/instance-id | ?

      debian-ifupdown | network-macs | /etc/network/interfaces | hwaddress ether 52:54:00:12:34:56
      debian-ifupdown | network-macs | /etc/network/interfaces.d/lan | rename mac/52:54:00:12:34:56=lan
      debian-ifupdown | network-macs | /etc/dhcp/dhclient.conf | send dhcp-client-identifier 52:54:00:12:34:56;
      debian-ifupdown | hostname | /etc/network/interfaces | hostname golden
      debian-ifupdown | hostname | /etc/dhcp/dhclient.conf | send host-name "golden";
      debian-ifupdown | host-secrets | /var/lib/urandom/random-seed | ?

      debian-networkd | network-macs | /etc/systemd/network/10-lan.network | MACAddress=52:54:00:12:34:56
      debian-networkd | network-macs | /etc/systemd/network/10-lan.network | MACAddress=5254.0012.3456
      debian-networkd | network-macs | /etc/systemd/network/10-lan.link | PermanentMACAddress=52-54-00-12-34-56
      debian-networkd | network-macs | /etc/systemd/network/10-lan.network.d/duid.conf | DUIDRawData=00:01:2b:11:22:33:52:54:00:12:34:56
      debian-networkd | hostname | /etc/systemd/network/10-lan.network | Hostname=golden
      debian-networkd | host-secrets | /var/lib/systemd/credential.secret | ?

      ubuntu | network-macs | /etc/netplan/00-installer-config.yaml | macaddress: 52:54:00:12:34:56
      ubuntu | network-macs | /etc/cloud/cloud.cfg.d/91-lan.cfg | macaddress: "52:54:00:12:34:56"
      ubuntu | hostname | /etc/netplan/00-installer-config.yaml | hostname: golden
      ubuntu | hostname | /etc/cloud/cloud.cfg.d/91-name.cfg | fqdn: golden.example.org
      ubuntu | cloud-init-datasource-pin | /etc/cloud/cloud.cfg.d/99-pin.cfg | datasource_list: [ None ]
      ubuntu | cloud-init-datasource-pin | /etc/default/grub | GRUB_CMDLINE_LINUX="cloud-init=disabled"
      ubuntu | first-boot | /etc/cloud/cloud-init.disabled | ?
      ubuntu | agents | /var/lib/landscape/client/broker.bpickle | ?
      ubuntu | agents | /var/lib/whoopsie/whoopsie-id | ?
      ubuntu | enrolments | /var/lib/snapd/device/private-keys-v1/abc | ?
      ubuntu | enrolments | /var/lib/ubuntu-advantage/private/machine-token.json | ?

      fedora | network-macs | /etc/NetworkManager/system-connections/enp1s0.nmconnection | mac-address=52:54:00:12:34:56
      fedora | network-macs | /etc/NetworkManager/system-connections/enp1s0.nmconnection | cloned-mac-address=52:54:00:12:34:56
      fedora | network-macs | /etc/NetworkManager/system-connections/enp1s0.nmconnection | dhcp-client-id=52:54:00:12:34:56
      fedora | network-macs | /etc/NetworkManager/NetworkManager.conf | no-auto-default=52:54:00:12:34:56
      fedora | hostname | /etc/NetworkManager/system-connections/enp1s0.nmconnection | dhcp-hostname=golden
      fedora | dhcp-leases | /var/lib/NetworkManager/internal-6a1d-enp1s0.lease | ?
      fedora | dhcp-leases | /var/lib/NetworkManager/no-auto-default.state | ?
      fedora | dhcp-leases | /var/lib/NetworkManager/dhclient-enp1s0.conf | ?
      fedora | dhcp-leases | /var/lib/NetworkManager/secret_key | ?

      rhel | network-macs | /etc/sysconfig/network-scripts/ifcfg-eth0 | HWADDR=52:54:00:12:34:56
      rhel | network-macs | /etc/sysconfig/network-scripts/ifcfg-eth0 | MACADDR="52:54:00:12:34:56"
      rhel | hostname | /etc/sysconfig/network-scripts/ifcfg-eth0 | DHCP_HOSTNAME="golden.example.org"
      rhel | hostname | /etc/sysconfig/network | HOSTNAME=golden
      rhel | dhcp-leases | /var/lib/dhclient/dhclient--eth0.lease | ?
      rhel | host-secrets | /var/lib/random-seed | ?
      rhel | agents | /etc/pki/consumer/key.pem | ?
      rhel | agents | /etc/pki/entitlement/123-key.pem | ?
      rhel | agents | /etc/insights-client/machine-id | ?
      rhel | agents | /etc/sysconfig/rhn/systemid | ?
      rhel | agents | /var/lib/yum/uuid | ?

      alpine | network-macs | /etc/network/interfaces | hwaddress 52:54:00:12:34:56
      alpine | network-macs | /etc/dhcpcd.duid | 00:01:00:01:2b:11:22:33:52:54:00:12:34:56
      alpine | hostname | /etc/network/interfaces | hostname golden
      alpine | hostname | /etc/conf.d/hostname | hostname="golden"
      alpine | dhcp-leases | /var/lib/dhcpcd/eth0.lease | ?
      alpine | dhcp-leases | /etc/dhcpcd.secret | ?
      alpine | host-secrets | /var/lib/seedrng/seed.credit | ?
      alpine | ssh-host-keys | /etc/dropbear/dropbear_ed25519_host_key | ?

      opensuse | network-macs | /etc/sysconfig/network/ifcfg-eth0 | LLADDR='52:54:00:12:34:56'
      opensuse | network-macs | /etc/wicked/client-local.xml | <duid>00:01:00:01:2b:11:22:33:52:54:00:12:34:56</duid>
      opensuse | hostname | /etc/sysconfig/network/dhcp | DHCLIENT_HOSTNAME_OPTION="golden"
      opensuse | dhcp-leases | /var/lib/wicked/duid.xml | ?
      opensuse | dhcp-leases | /var/lib/wicked/lease-eth0-dhcp-ipv4.xml | ?
      opensuse | host-secrets | /var/lib/misc/random-seed | ?
      opensuse | enrolments | /etc/zypp/credentials.d/SCCcredentials | ?
      """;

  @ParameterizedTest
  @FieldSource("MAKES")
  void a_sealed_guest_of_each_make_passes(String make) {
    assertThat(failed(GuestTrees.of(make))).isEmpty();
  }

  /** What these tests judge would otherwise be known by name alone of a real guest. */
  @ParameterizedTest
  @FieldSource("MAKES")
  void every_file_whose_text_is_judged_is_read(String make) {
    GuestTrees.of(make)
        .forEach(
            (path, file) -> {
              if (file.text() != null) {
                assertThat(path).matches(GuestReader.READ);
              }
            });
  }

  @Test
  void what_a_dhcp_server_serves_is_not_judged() {
    Map<String, GuestFile> tree = GuestTrees.of("debian-networkd");
    GuestTrees.put(tree, "/etc/dhcp/dhcpd.conf", "host a { hardware ethernet 08:00:07:26:c0:a5; }");
    assertThat(failed(tree)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/usr/lib/systemd/network/a.link, true",
    "/usr/libexec/helper, true",
    "/lib/netplan/a.yaml, true",
    "/run/a, true",
    "/usr/local/lib/a, false",
    "/usr/local/a, false",
    "/srv/a, false",
  })
  void link_out_of_etc_is_trusted_only_where_packages_lie(String target, boolean passes) {
    Map<String, GuestFile> tree = GuestTrees.of("fedora");
    GuestTrees.put(tree, "/etc/systemd/network/a.link", "-> " + target);
    assertThat(failed(tree).isEmpty()).isEqualTo(passes);
  }

  @ParameterizedTest
  @MethodSource("plants")
  void an_identity_fails_its_own_check_and_no_other_and_is_named(
      String make, String check, String path, String text) {
    Map<String, GuestFile> tree = GuestTrees.of(make);
    if (path.equals("/etc/hostname") || path.equals("/etc/machine-id")) {
      tree.remove(path);
    }
    GuestTrees.put(tree, path, text);

    assertThat(failed(tree)).containsExactly(check);
    if (!text.equals("?")) {
      assertThat(path).as("is read").matches(GuestReader.READ);
    }
    if (!check.equals("first-boot")) {
      assertThat(finding(tree, check)).contains(path);
    }
  }

  static Stream<Arguments> plants() {
    return PLANTS
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.split(" \\| ", 4))
        .flatMap(
            plant ->
                (plant[0].equals("*") ? MAKES.stream() : Stream.of(plant[0]))
                    .map(make -> Arguments.of(make, plant[1], plant[2], plant[3])));
  }

  /** Such a file lies in every guest that a seal has been at, and proves nothing. */
  @ParameterizedTest
  @CsvSource({
    "debian-ifupdown, /etc/systemd/system/multi-user.target.wants/cetak-first-boot.service",
    "fedora, /etc/systemd/system/cetak-first-boot.service",
    "alpine, /etc/runlevels/boot/cetak-first-boot",
    "alpine, /etc/init.d/cetak-first-boot",
    "opensuse, /usr/lib/cetak/first-boot",
  })
  void first_boot_that_the_guests_own_init_would_not_start_fails(String make, String path) {
    Map<String, GuestFile> tree = GuestTrees.of(make);
    GuestTrees.put(tree, "/etc/rcS.d/S20cetak-first-boot", "-> ../../usr/lib/cetak/first-boot");
    tree.remove(path);
    assertThat(failed(tree)).containsExactly("first-boot");
  }

  @Test
  void first_boot_of_a_guest_with_another_init_needs_something_that_runs_rcS() {
    Map<String, GuestFile> tree = new HashMap<>(GuestTrees.of("alpine"));
    tree.remove("/sbin/openrc");
    GuestTrees.put(tree, "/etc/rcS.d/S20cetak-first-boot", "-> ../../usr/lib/cetak/first-boot");
    assertThat(failed(tree)).containsExactly("first-boot");
    GuestTrees.put(tree, "/etc/init.d/rcS", "?");
    assertThat(failed(tree)).isEmpty();
    // Debian's SysV init runs what this list names, and nothing else.
    GuestTrees.put(tree, "/etc/init.d/.depend.boot", "?");
    assertThat(failed(tree)).containsExactly("first-boot");
  }

  @Test
  void name_that_cannot_be_read_fails() {
    Map<String, GuestFile> tree = GuestTrees.of("rhel");
    tree.put("/etc/sysconfig/network", new GuestFile(1 << 20, null, null));
    assertThat(failed(tree)).containsExactly("hostname");
  }

  @Test
  void membership_that_only_the_guest_can_give_up_comes_with_the_way_to_do_so() {
    Map<String, GuestFile> tree = GuestTrees.of("ubuntu");
    GuestTrees.put(tree, "/var/lib/snapd/device/private-keys-v1/" + "k".repeat(64), "?");
    assertThat(finding(tree, "enrolments")).contains("/v2/model/serial", "forget");
    GuestTrees.put(tree, "/var/lib/ubuntu-advantage/private/machine-token.json", "?");
    assertThat(finding(tree, "enrolments")).contains("pro detach");
  }

  private static List<String> failed(Map<String, GuestFile> tree) {
    return checks(tree).stream().filter(check -> !check.passed()).map(Check::name).toList();
  }

  private static String finding(Map<String, GuestFile> tree, String name) {
    return checks(tree).stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow()
        .finding();
  }

  private static List<Check> checks(Map<String, GuestFile> tree) {
    return Attestation.of(new GuestTree(tree, Map.of("/dev/sda1", "ext4"), List.of(), ""));
  }
}
