package id.cetak.architecture.seeded.prints;

final class GuiltyTrace {
  static void say(Exception e) {
    e.printStackTrace();
  }
}
