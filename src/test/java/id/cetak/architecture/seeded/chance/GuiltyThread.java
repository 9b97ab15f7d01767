package id.cetak.architecture.seeded.chance;

import java.util.concurrent.ThreadLocalRandom;

final class GuiltyThread {
  static int next() {
    return ThreadLocalRandom.current().nextInt();
  }
}
