package id.cetak.architecture.seeded.sizes;

final class GuiltyMethod {
  static int sum(int a, int b, int c, int d, int e, int f) {
    return a + b + c + d + e + f;
  }
}
