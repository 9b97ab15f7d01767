package id.cetak.architecture.seeded.names;

final class GuiltyDTO {}
