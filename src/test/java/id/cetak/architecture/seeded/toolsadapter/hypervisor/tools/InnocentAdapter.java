package id.cetak.architecture.seeded.toolsadapter.hypervisor.tools;

import id.cetak.architecture.seeded.toolsadapter.hypervisor.InnocentPort;

final class InnocentAdapter {
  static final Class<?> PORT = InnocentPort.class;
}
