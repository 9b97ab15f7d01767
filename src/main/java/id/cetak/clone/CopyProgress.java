package id.cetak.clone;

import id.cetak.hypervisor.CopyWatch;
import id.cetak.workflow.Run;
import java.util.concurrent.TimeUnit;

/**
 * Listens to the copies of one clone, disk after disk, and tells of them once a second at most.
 * Copies that are done within the first second are not told of.
 */
final class CopyProgress implements CopyWatch {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Run run;
  private final CopyNews news;
  private final long startedNanos = System.nanoTime();
  private long toldNanos = startedNanos;
  private long earlierBytes;
  private long diskBytes;

  CopyProgress(Run run, CopyNews news) {
    this.run = run;
    this.news = news;
  }

  @Override
  public void check() {
    run.check();
  }

  @Override
  public void copied(long copiedBytes, long totalBytes) {
    diskBytes = totalBytes;
    long now = System.nanoTime();
    if (now - toldNanos >= PAUSE_NANOS) {
      toldNanos = now;
      run.check();
      news.tell(run, earlierBytes + copiedBytes, earlierBytes + totalBytes);
    }
  }

  void diskDone() {
    earlierBytes += diskBytes;
    diskBytes = 0;
  }

  long durationMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
  }
}
