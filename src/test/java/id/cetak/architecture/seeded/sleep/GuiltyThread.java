package id.cetak.architecture.seeded.sleep;

final class GuiltyThread {
  static void pause() throws InterruptedException {
    Thread.sleep(1);
  }
}
