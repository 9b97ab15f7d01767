package id.cetak.architecture.seeded.rowstate;

enum InnocentState {
  ONE,
  TWO
}
