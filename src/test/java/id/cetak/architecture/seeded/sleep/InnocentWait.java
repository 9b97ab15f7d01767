package id.cetak.architecture.seeded.sleep;

import java.util.concurrent.CountDownLatch;

final class InnocentWait {
  static void pause(CountDownLatch latch) throws InterruptedException {
    latch.await();
  }
}
