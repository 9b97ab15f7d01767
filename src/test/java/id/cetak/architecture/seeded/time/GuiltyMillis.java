package id.cetak.architecture.seeded.time;

final class GuiltyMillis {
  static long now() {
    return System.currentTimeMillis();
  }
}
