package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.StopSignal;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Keeps all copies of this worker together below a number of bytes a second. */
final class CopyPace {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MOST_BYTES = 4 << 20;
  private static final long FEWEST_BYTES = 64 << 10;

  private final OptionalLong bytesPerSecond;
  private long freeNanos = System.nanoTime();

  CopyPace(OptionalLong bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  OptionalLong bytesPerSecond() {
    return bytesPerSecond;
  }

  /** How much to move at once: little enough to be stopped soon and to share the limit evenly. */
  int chunkBytes() {
    long tenth = bytesPerSecond.orElse(Long.MAX_VALUE) / 10;
    return (int) Math.max(FEWEST_BYTES, Math.min(MOST_BYTES, tenth));
  }

  /** Waits until this many bytes may be moved. Copies are served in the order in which they ask. */
  void await(long bytes, StopSignal stop) {
    stop.check();
    if (bytesPerSecond.isEmpty()) {
      return;
    }
    long mine = book(bytes * SECOND_NANOS / bytesPerSecond.getAsLong());
    long left = mine - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(Math.min(left, SLICE_NANOS));
      stop.check();
      left = mine - System.nanoTime();
    }
  }

  /** The moment from which the bytes may be moved; what nobody used before is lost. */
  private synchronized long book(long durationNanos) {
    long now = System.nanoTime();
    long mine = freeNanos - now > 0 ? freeNanos : now;
    freeNanos = mine + durationNanos;
    return mine;
  }
}
