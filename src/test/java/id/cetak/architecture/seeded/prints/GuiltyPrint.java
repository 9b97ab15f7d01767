package id.cetak.architecture.seeded.prints;

final class GuiltyPrint {
  static void say() {
    System.out.println("something");
  }
}
