package id.cetak.architecture.seeded.layers.template;

import id.cetak.architecture.seeded.layers.job.InnocentEngine;

public final class InnocentFeature {
  static final Class<?> ENGINE = InnocentEngine.class;
}
