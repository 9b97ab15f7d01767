package id.cetak.hypervisor.libvirt;

import java.util.UUID;

/** A guest without disk or operating system: QEMU in software, 32 MiB, running within 0.3 s. */
final class QemuDomain {
  private QemuDomain() {}

  static String xml(String name, UUID uuid) {
    return """
        <domain type='qemu'>
          <name>%s</name><uuid>%s</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
        </domain>"""
        .formatted(name, uuid);
  }
}
