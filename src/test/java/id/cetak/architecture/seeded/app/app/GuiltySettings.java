package id.cetak.architecture.seeded.app.app;

import id.cetak.architecture.seeded.app.hypervisor.InnocentPort;

final class GuiltySettings {
  static final Class<?> PORT = InnocentPort.class;
}
