package id.cetak.architecture.seeded.chance;

import java.util.Random;

final class GuiltyRandom {
  static int next() {
    return new Random().nextInt();
  }
}
