package id.cetak.architecture.seeded.layers.elsewhere;

final class GuiltyStranger {}
