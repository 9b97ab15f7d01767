package id.cetak.architecture.seeded.sleep;

import java.util.concurrent.TimeUnit;

final class GuiltyUnit {
  static void pause() throws InterruptedException {
    TimeUnit.SECONDS.sleep(1);
  }
}
