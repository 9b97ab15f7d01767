package id.cetak.architecture.seeded.layers.job;

public final class InnocentEngine {}
