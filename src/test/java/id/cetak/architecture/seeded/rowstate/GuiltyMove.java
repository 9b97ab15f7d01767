package id.cetak.architecture.seeded.rowstate;

final class GuiltyMove {
  static void move(InnocentRow row) {
    row.state = InnocentState.TWO;
  }
}
