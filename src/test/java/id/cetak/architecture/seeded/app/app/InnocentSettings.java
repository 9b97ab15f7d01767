package id.cetak.architecture.seeded.app.app;

import id.cetak.architecture.seeded.app.hypervisor.InnocentWord;

final class InnocentSettings {
  static final InnocentWord WORD = InnocentWord.ONE;
}
