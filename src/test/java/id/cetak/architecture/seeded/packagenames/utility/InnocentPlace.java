package id.cetak.architecture.seeded.packagenames.utility;

final class InnocentPlace {}
