package id.cetak.architecture.seeded.chance;

import java.util.random.RandomGenerator;

final class InnocentGenerator {
  static int next(RandomGenerator random) {
    return random.nextInt();
  }
}
