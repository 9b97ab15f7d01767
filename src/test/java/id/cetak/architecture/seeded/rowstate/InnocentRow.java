package id.cetak.architecture.seeded.rowstate;

final class InnocentRow {
  InnocentState state = InnocentState.ONE;
}
