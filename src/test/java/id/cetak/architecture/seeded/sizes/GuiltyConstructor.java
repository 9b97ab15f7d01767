package id.cetak.architecture.seeded.sizes;

final class GuiltyConstructor {
  final int sum;

  GuiltyConstructor(int a, int b, int c, int d, int e, int f, int g) {
    sum = a + b + c + d + e + f + g;
  }
}
