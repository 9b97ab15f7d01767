package id.cetak.architecture.seeded.libvirtadapter.hypervisor.libvirt;

import id.cetak.architecture.seeded.libvirtadapter.hypervisor.InnocentPort;

final class InnocentAdapter {
  static final Class<?> PORT = InnocentPort.class;
}
