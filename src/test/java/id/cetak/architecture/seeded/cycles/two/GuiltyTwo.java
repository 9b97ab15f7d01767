package id.cetak.architecture.seeded.cycles.two;

import id.cetak.architecture.seeded.cycles.one.GuiltyOne;

public final class GuiltyTwo {
  static final Class<?> OTHER = GuiltyOne.class;
}
