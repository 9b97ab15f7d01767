package id.cetak.architecture.seeded.sizes;

record InnocentRecord(int a, int b, int c, int d, int e, int f, int g) {
  InnocentRecord {
    if (a > b) {
      throw new IllegalArgumentException();
    }
  }
}
