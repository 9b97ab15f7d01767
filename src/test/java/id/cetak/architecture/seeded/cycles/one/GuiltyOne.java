package id.cetak.architecture.seeded.cycles.one;

import id.cetak.architecture.seeded.cycles.two.GuiltyTwo;

public final class GuiltyOne {
  static final Class<?> OTHER = GuiltyTwo.class;
}
