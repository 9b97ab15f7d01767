package id.cetak.architecture.seeded.nullmarked.marked;

final class InnocentPlace {}
