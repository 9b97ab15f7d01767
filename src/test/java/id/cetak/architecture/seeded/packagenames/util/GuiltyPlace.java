package id.cetak.architecture.seeded.packagenames.util;

final class GuiltyPlace {}
