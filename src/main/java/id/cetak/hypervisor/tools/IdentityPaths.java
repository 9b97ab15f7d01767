package id.cetak.hypervisor.tools;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where guests of the usual makes keep what only one machine may have, beyond what virt-sysprep's
 * own operations know. Shell patterns of absolute guest paths. What the seal removes the
 * attestation looks for again, by the same lists.
 */
final class IdentityPaths {
  private IdentityPaths() {}

  static final List<String> LEASES =
      List.of(
          "/var/lib/dhcp/*",
          "/var/lib/dhclient/*",
          "/var/lib/dhcpcd/*",
          "/etc/dhcpcd.secret",
          "/var/lib/NetworkManager/*.lease",
          "/var/lib/NetworkManager/dhclient*.conf",
          "/var/lib/NetworkManager/secret_key",
          "/var/lib/NetworkManager/timestamps",
          "/var/lib/NetworkManager/seen-bssids",
          // The addresses for which somebody had refused an automatic connection.
          "/var/lib/NetworkManager/no-auto-default.state",
          // wicked's DUID ends with a MAC.
          "/var/lib/wicked/duid.xml",
          "/var/lib/wicked/iaid.xml",
          "/var/lib/wicked/lease-*.xml",
          "/var/lib/connman/ethernet_*");

  /** What a machine draws once and keeps to itself: random seeds, and keys for its own secrets. */
  static final List<String> SECRETS =
      List.of(
          "/var/lib/systemd/random-seed",
          "/var/lib/systemd/credential.secret",
          "/var/lib/random-seed",
          "/var/lib/urandom/random-seed",
          "/var/lib/misc/random-seed",
          "/var/lib/seedrng/*",
          "/boot/loader/random-seed",
          "/boot/efi/loader/random-seed",
          "/efi/loader/random-seed");

  /** Without these files NVMe over fabrics takes the machine's UUID, which each clone has. */
  static final List<String> NVME = List.of("/etc/nvme/hostid", "/etc/nvme/hostnqn");

  /** What agents of a fleet's management make anew when they find none. */
  static final List<String> AGENTS =
      List.of(
          "/etc/salt/minion_id",
          "/etc/salt/pki/minion/minion.p*",
          "/var/lib/landscape/client/broker.bpickle*",
          "/etc/pki/consumer/*.pem",
          "/etc/pki/entitlement/*.pem",
          "/etc/sysconfig/rhn/systemid",
          "/etc/insights-client/machine-id",
          "/etc/insights-client/.registered",
          "/var/lib/yum/uuid",
          "/var/lib/zerotier-one/identity.*",
          "/var/lib/tailscale/tailscaled.state",
          "/var/lib/docker/engine-id",
          "/etc/docker/key.json",
          "/var/lib/whoopsie/whoopsie-id");

  private static final List<String> OTHERS =
      List.of(
          "/var/lib/cloud",
          "/etc/cloud/ds-identify.cfg",
          "/etc/dropbear/dropbear_*_host_key*",
          "/var/lib/dbus/machine-id",
          "/etc/dhcpcd.duid",
          "/etc/machine-info",
          // virt-sysprep gives LVM's volumes new ids, and a list of the old ones stops the boot.
          "/etc/lvm/devices/system.devices",
          // What the first boot of a clone wrote, when a clone is sealed again.
          "/var/lib/cetak");

  /** Removed from every guest. */
  static final List<String> REMOVED =
      Stream.of(LEASES, SECRETS, NVME, AGENTS, OTHERS).flatMap(List::stream).toList();

  /**
   * Removed where cloud-init makes them anew from the clone's seed, and nowhere else: without it
   * they may be all that the guest knows of its network. The network as cloud-init wrote it, with
   * the template's MAC; the installers' words that have cloud-init ignore a seed.
   */
  static final List<String> REMOVED_WITH_CLOUD_INIT =
      List.of(
          "/etc/cloud/cloud.cfg.d/99-installer.cfg",
          "/etc/cloud/cloud.cfg.d/90-installer-network.cfg",
          "/etc/cloud/cloud.cfg.d/50-curtin-networking.cfg",
          "/etc/cloud/cloud.cfg.d/subiquity-disable-cloudinit-networking.cfg",
          "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg",
          "/etc/netplan/50-cloud-init.yaml",
          "/etc/network/interfaces.d/50-cloud-init*",
          "/etc/systemd/network/10-cloud-init-*",
          "/etc/NetworkManager/system-connections/cloud-init-*",
          "/etc/sysconfig/network-scripts/ifcfg-cloud-init*");

  /** What a first boot leaves and the making of an image does not: a pattern of guest paths. */
  static final String BOOT_MARKS =
      "/var/lib/cloud/(instance|(instances|data|sem)/.*)"
          + "|/var/log/journal/[^/]+/.*"
          + "|/var/lib/systemd/(random-seed|timers/.*)";

  /** Looked for by the attestation outside {@code /etc}; what of it exists is told by name. */
  static final List<String> LOOKED_FOR =
      Stream.of(
              List.of(
                  "/usr/bin/cloud-init",
                  "/usr/lib/cetak/first-boot",
                  "/lib/systemd/systemd",
                  "/usr/lib/systemd/systemd",
                  "/usr/lib/systemd/libsystemd-shared-*.so",
                  "/usr/lib/*/systemd/libsystemd-shared-*.so",
                  "/sbin/openrc",
                  "/var/lib/cloud/instance",
                  "/var/lib/cloud/instances/*",
                  "/var/lib/cloud/data/*",
                  "/var/lib/cloud/seed/*/*",
                  "/var/lib/cloud/sem/*",
                  "/var/log/journal/*/*",
                  "/var/lib/systemd/random-seed",
                  "/var/lib/systemd/timers/*",
                  "/var/lib/cetak/*",
                  "/var/lib/dbus/machine-id"),
              LEASES,
              SECRETS,
              AGENTS,
              Enrolments.LOOKED_FOR)
          .flatMap(List::stream)
          .filter(path -> !path.startsWith("/etc/"))
          .toList();
}
