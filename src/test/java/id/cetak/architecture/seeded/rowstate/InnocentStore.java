package id.cetak.architecture.seeded.rowstate;

final class InnocentStore {
  static void move(InnocentRow row) {
    row.state = InnocentState.TWO;
  }
}
