package id.cetak.architecture.seeded.nullmarked.bare;

final class GuiltyPlace {}
