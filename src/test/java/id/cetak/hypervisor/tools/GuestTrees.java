package id.cetak.hypervisor.tools;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Guests of the usual makes as a seal leaves them, as far as the attestation looks. */
final class GuestTrees {
  private static final String LINK = "-> ";

  private GuestTrees() {}

  /** What a file that is there, but of no interest, holds. */
  private static final String NAMED = "?";

  /** By the name of the make. */
  static Map<String, GuestFile> of(String make) {
    return switch (make) {
      case "debian-ifupdown" -> debianIfupdown();
      case "debian-networkd" -> debianNetworkd();
      case "ubuntu" -> ubuntu();
      case "fedora" -> fedora();
      case "rhel" -> rhel();
      case "alpine" -> alpine();
      case "opensuse" -> openSuse();
      default -> throw new IllegalArgumentException(make);
    };
  }

  static final List<String> MAKES =
      List.of(
          "debian-ifupdown", "debian-networkd", "ubuntu", "fedora", "rhel", "alpine", "opensuse");

  private static Map<String, GuestFile> debianIfupdown() {
    return files(
        FIRST_BOOT_BY_SYSTEMD,
        Map.of(
            "/etc/debian_version", NAMED,
            "/etc/machine-id", "",
            "/etc/hostname", "localhost\n",
            "/etc/network/interfaces",
                """
                # This file describes the network interfaces available on your system
                source /etc/network/interfaces.d/*

                auto lo
                iface lo inet loopback

                allow-hotplug ens3
                iface ens3 inet dhcp
                """,
            "/etc/dhcp/dhclient.conf",
                """
                # dhcp-client-identifier 1:0:a0:24:ab:fb:9c;
                send host-name = gethostname();
                request subnet-mask, broadcast-address, host-name;
                """,
            "/etc/dhcp/debug", "# The purpose of this script is just to show the variables\n",
            "/etc/dhcp/dhclient-enter-hooks.d/debug", LINK + "../debug",
            "/etc/iscsi/initiatorname.iscsi", "## generated at the first start\nGenerateName=yes\n",
            "/etc/udev/rules.d/60-local.rules", "SUBSYSTEM==\"net\", ATTR{mtu}=\"1450\"\n",
            "/var/lib/dbus/machine-id", LINK + "/etc/machine-id"));
  }

  private static Map<String, GuestFile> debianNetworkd() {
    return files(
        FIRST_BOOT_BY_SYSTEMD,
        Map.of(
            "/etc/debian_version",
            NAMED,
            "/etc/machine-id",
            "uninitialized\n",
            "/etc/hostname",
            "debian\n",
            "/etc/systemd/network/10-lan.network",
            """
            [Match]
            Name=en*

            [Network]
            DHCP=yes

            [DHCPv4]
            SendHostname=yes
            ClientIdentifier=duid
            """,
            "/etc/systemd/network/99-default.link",
            LINK + "/dev/null",
            "/etc/systemd/resolved.conf",
            NAMED,
            // It names the machines that it serves.
            "/etc/dhcp/dhcpd.conf",
            NAMED,
            "/etc/ssh/sshd_config",
            NAMED));
  }

  private static Map<String, GuestFile> ubuntu() {
    return files(
        Map.of("/usr/bin/cloud-init", NAMED, "/usr/lib/systemd/systemd", NAMED),
        Map.of(
            "/etc/debian_version", NAMED,
            "/etc/machine-id", "",
            "/etc/hostname", "localhost\n",
            "/etc/netplan/00-installer-config.yaml",
                """
                # This is the network config written by 'subiquity'
                network:
                  ethernets:
                    enp1s0:
                      dhcp4: true
                      dhcp4-overrides:
                        use-hostname: false
                  version: 2
                """,
            "/etc/cloud/cloud.cfg",
                """
                users:
                  - default
                preserve_hostname: false
                cloud_init_modules:
                  - set_hostname
                  - ssh
                """,
            "/etc/cloud/cloud.cfg.d/90_dpkg.cfg", "datasource_list: [ NoCloud, None ]\n",
            "/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\n",
            "/etc/iscsi/initiatorname.iscsi", "GenerateName=yes\n",
            "/etc/ssh/sshd_config", NAMED,
            "/var/lib/dbus/machine-id", LINK + "/etc/machine-id"));
  }

  private static Map<String, GuestFile> fedora() {
    return files(
        FIRST_BOOT_BY_SYSTEMD,
        Map.of(
            "/etc/machine-id", "",
            "/etc/hostname", "localhost\n",
            "/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=keyfile,ifcfg-rh\n",
            "/etc/NetworkManager/system-connections/enp1s0.nmconnection",
                """
                [connection]
                id=enp1s0
                uuid=6a1d2d0e-58a4-3f8e-a2a5-0123456789ab
                type=ethernet
                interface-name=enp1s0

                [ethernet]

                [ipv4]
                method=auto
                dhcp-client-id=duid
                """,
            "/etc/dhcp/dhclient.d/chrony.sh", LINK + "/usr/libexec/chrony-helper",
            "/etc/NetworkManager/conf.d/90-dns.conf", "[main]\ndns=systemd-resolved\n",
            "/etc/ssh/sshd_config.d/50-redhat.conf", NAMED,
            "/etc/ssh/ssh_config", NAMED));
  }

  private static Map<String, GuestFile> rhel() {
    return files(
        FIRST_BOOT_BY_SYSTEMD,
        Map.of(
            "/etc/machine-id", "",
            "/etc/hostname", "localhost.localdomain\n",
            "/etc/sysconfig/network", "NETWORKING=yes\nHOSTNAME=localhost.localdomain\n",
            // A profile's UUID is its own machine's affair: clones may share it.
            "/etc/sysconfig/network-scripts/ifcfg-eth0",
                """
                TYPE=Ethernet
                BOOTPROTO=dhcp
                NAME=eth0
                UUID=6a1d2d0e-58a4-3f8e-a2a5-0123456789ab
                DEVICE=eth0
                ONBOOT=yes
                """,
            "/etc/sysconfig/network-scripts/ifcfg-lo", "DEVICE=lo\nIPADDR=127.0.0.1\n",
            "/etc/rhsm/rhsm.conf", NAMED,
            "/etc/ssh/sshd_config", NAMED));
  }

  private static Map<String, GuestFile> alpine() {
    return files(
        Map.of(
            "/sbin/openrc", NAMED,
            "/usr/lib/cetak/first-boot", NAMED,
            "/etc/init.d/cetak-first-boot", NAMED,
            "/etc/runlevels/boot/cetak-first-boot", LINK + "/etc/init.d/cetak-first-boot"),
        Map.of(
            "/etc/alpine-release", NAMED,
            "/etc/hostname", "localhost\n",
            "/etc/conf.d/hostname",
                "# Set to the hostname of this machine\nhostname=\"localhost\"\n",
            "/etc/network/interfaces",
                """
                auto lo
                iface lo inet loopback

                auto eth0
                iface eth0 inet dhcp
                """,
            "/etc/dhcpcd.conf", "hostname\nduid\npersistent\n",
            "/etc/ssh/sshd_config", NAMED));
  }

  private static Map<String, GuestFile> openSuse() {
    return files(
        FIRST_BOOT_BY_SYSTEMD,
        Map.of(
            "/etc/machine-id", "",
            "/etc/hostname", "localhost\n",
            "/etc/HOSTNAME", LINK + "hostname",
            "/etc/sysconfig/network/ifcfg-eth0", "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n",
            "/etc/sysconfig/network/dhcp",
                """
                DHCLIENT_HOSTNAME_OPTION="AUTO"
                DHCLIENT6_HOSTNAME_OPTION="AUTO"
                WRITE_HOSTNAME_TO_HOSTS="no"
                """,
            "/etc/wicked/common.xml", "<config><use-nanny>false</use-nanny></config>\n",
            "/etc/ssh/sshd_config", NAMED));
  }

  private static final Map<String, String> FIRST_BOOT_BY_SYSTEMD =
      Map.of(
          "/usr/lib/systemd/systemd", NAMED,
          "/usr/lib/cetak/first-boot", NAMED,
          "/etc/systemd/system/cetak-first-boot.service", NAMED,
          "/etc/systemd/system/multi-user.target.wants/cetak-first-boot.service",
              LINK + "../cetak-first-boot.service",
          "/etc/rcS.d/S20cetak-first-boot", LINK + "../../usr/lib/cetak/first-boot");

  private static Map<String, GuestFile> files(
      Map<String, String> common, Map<String, String> files) {
    Map<String, GuestFile> tree = new HashMap<>();
    Stream.of(common, files).forEach(part -> part.forEach((path, text) -> put(tree, path, text)));
    return tree;
  }

  /** Puts a line behind what the file holds; {@code ?} and {@code -> TARGET} say what it is. */
  static void put(Map<String, GuestFile> tree, String path, String text) {
    if (text.equals(NAMED)) {
      tree.put(path, GuestFile.NAMED);
    } else if (text.startsWith(LINK)) {
      tree.put(path, GuestFile.link(text.substring(LINK.length())));
    } else {
      GuestFile before = tree.get(path);
      String old = before == null || before.text() == null ? "" : before.text();
      tree.put(path, GuestFile.text(old + text));
    }
  }
}
