package id.cetak.architecture.seeded.layers.job;

import id.cetak.architecture.seeded.layers.template.InnocentFeature;

final class GuiltyEngine {
  static final Class<?> FEATURE = InnocentFeature.class;
}
