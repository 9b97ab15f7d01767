package id.cetak.admission;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.FreeSpace;
import id.cetak.hypervisor.Images;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Function;

/**
 * Promises room to jobs, so that no two of them count on the same bytes, and no disk is filled by
 * half. Nobody else says no: an overlay of any size can be made on a full disk, and the guest is
 * then paused at its first write.
 */
@ApplicationScoped
public class Admission {
  private static final long MIB = 1L << 20;

  private final Promises promises;
  private final Images images;
  private final String host;
  private final Path directory;
  private final long reserveBytes;

  public Admission(Promises promises, Images images, CetakConfig config) {
    this.promises = promises;
    this.images = images;
    this.host = config.host();
    this.directory = config.images().directory();
    this.reserveBytes = config.images().reserveBytes();
  }

  /** Who wants room, and how its errors begin: {@code Clone web-07}. */
  public record Applicant(UUID job, int attempt, String what) {}

  /**
   * Promises the room to the job until it ends, in place of what it was promised before. Runs in
   * the caller's transaction when there is one: what the caller takes besides goes with the
   * refusal.
   *
   * @throws Failure {@code TOO_LARGE} when it would not fit on an empty file system either, {@code
   *     NO_SPACE} when it does not fit now; both with the numbers, and nothing is promised
   */
  public void demand(Applicant applicant, Need need) {
    check(
        applicant.what(),
        need,
        left -> promises.reserve(host, applicant, need, left),
        Complaints.DEMAND);
  }

  /**
   * Says what {@link #demand} would, and promises nothing.
   *
   * @param what how errors begin
   */
  public void look(String what, Need need, Complaints complaints) {
    check(what, need, left -> promises.look(host, need, left), complaints);
  }

  private void check(
      String what, Need need, Function<Need, Promises.Promised> asked, Complaints complaints) {
    FreeSpace space = images.free(directory);
    if (need.bytes() > space.totalBytes() - reserveBytes || need.inodes() > space.totalInodes()) {
      complaints.add(
          Failure.of(
              FailureCode.TOO_LARGE,
              "%s: it needs %d MiB and %d files, but %s has %d MiB and %d files in all, of which %d MiB stay in reserve."
                  .formatted(
                      what,
                      mib(need.bytes()),
                      need.inodes(),
                      directory,
                      space.totalBytes() / MIB,
                      space.totalInodes(),
                      reserveBytes / MIB),
              "Ask for less, or put the images on a larger file system."));
      return;
    }
    Need left = new Need(space.bytes() - reserveBytes, space.inodes());
    Promises.Promised others = asked.apply(left);
    if (!others.granted()) {
      complaints.add(
          Failure.of(
              FailureCode.NO_SPACE,
              "%s: %s has %d MiB and %d files free, of which %d MiB stay in reserve and %d MiB and %d files are promised to other jobs; it needs %d MiB and %d files."
                  .formatted(
                      what,
                      directory,
                      space.bytes() / MIB,
                      space.inodes(),
                      reserveBytes / MIB,
                      others.bytes() / MIB,
                      others.inodes(),
                      mib(need.bytes()),
                      need.inodes()),
              "Tried again later; free space or cancel."));
    }
  }

  /** Gives back what a job does not need any more. */
  public void shrink(UUID job, int attempt, Need need) {
    promises.shrink(job, attempt, need);
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
