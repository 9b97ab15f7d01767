package id.cetak.architecture.seeded.cycles.three;

import id.cetak.architecture.seeded.cycles.one.GuiltyOne;

final class InnocentThree {
  static final Class<?> OTHER = GuiltyOne.class;
}
