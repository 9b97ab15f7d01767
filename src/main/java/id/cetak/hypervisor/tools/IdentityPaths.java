package id.cetak.hypervisor.tools;

import java.util.List;

/**
 * Where a guest keeps what only one machine may have, beyond what virt-sysprep's own operations
 * know. Shell patterns of absolute guest paths.
 */
final class IdentityPaths {
  private IdentityPaths() {}

  /** Removed by the seal. */
  static final List<String> REMOVED =
      List.of(
          // cloud-init's memory of the instance, and installers' pins that make it ignore a seed.
          "/var/lib/cloud",
          "/etc/cloud/cloud.cfg.d/99-installer.cfg",
          "/etc/cloud/cloud.cfg.d/subiquity-disable-cloudinit-networking.cfg",
          "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg",
          "/etc/cloud/ds-identify.cfg",
          // The network as cloud-init wrote it, with the template's MAC.
          "/etc/netplan/50-cloud-init.yaml",
          "/etc/network/interfaces.d/50-cloud-init*",
          "/etc/systemd/network/10-cloud-init-*",
          "/etc/NetworkManager/system-connections/cloud-init-*",
          "/etc/sysconfig/network-scripts/ifcfg-cloud-init*",
          // Keys, leases and seeds.
          "/etc/dropbear/dropbear_*_host_key*",
          "/var/lib/dbus/machine-id",
          "/var/lib/dhcp/*",
          "/var/lib/dhclient/*",
          "/var/lib/dhcpcd/*",
          "/etc/dhcpcd.duid",
          "/etc/dhcpcd.secret",
          "/var/lib/NetworkManager/*.lease",
          "/var/lib/NetworkManager/secret_key",
          "/var/lib/NetworkManager/timestamps",
          "/var/lib/NetworkManager/seen-bssids",
          "/var/lib/systemd/random-seed",
          "/var/lib/systemd/credential.secret",
          "/var/lib/random-seed",
          "/var/lib/urandom/random-seed",
          "/etc/machine-info",
          // virt-sysprep gives LVM's volumes new ids, and a list of the old ones stops the boot.
          "/etc/lvm/devices/system.devices",
          // What the first boot of a clone wrote, when a clone is sealed again.
          "/var/lib/cetak");

  /** Looked for by the attestation; what of it exists is told by name. */
  static final List<String> LOOKED_FOR =
      List.of(
          "/usr/bin/cloud-init",
          "/usr/lib/cetak/first-boot",
          "/usr/lib/systemd/libsystemd-shared-*.so",
          "/usr/lib/*/systemd/libsystemd-shared-*.so",
          "/var/lib/cloud/instance",
          "/var/lib/cloud/instances/*",
          "/var/lib/cloud/data/*",
          "/var/lib/cloud/seed/*/*",
          "/var/lib/cetak/*",
          "/var/lib/dbus/machine-id",
          "/var/lib/dhcp/*",
          "/var/lib/dhclient/*",
          "/var/lib/dhcpcd/*",
          "/var/lib/NetworkManager/*.lease",
          "/var/lib/NetworkManager/secret_key");
}
