package id.cetak.admission;

import java.util.UUID;

/**
 * What the jobs of a host that have not ended were promised; a job's end takes its promise along.
 */
public interface Promises {
  /**
   * Promises room, in place of what the job was promised before, unless too little is left beside
   * what other jobs were promised. Of two that ask at once, the second sees the first one's
   * promise.
   *
   * @param left what the file system has left, the promises not counted
   */
  Promised reserve(String host, Admission.Applicant applicant, Need need, Need left);

  /** What {@link #reserve} would answer a job that was promised nothing yet; promises nothing. */
  Promised look(String host, Need need, Need left);

  /** Replaces what the job was promised by less; quiet when a newer attempt has the job. */
  void shrink(UUID job, int attempt, Need need);

  /**
   * What came of it.
   *
   * @param granted whether the room was promised
   * @param bytes what other jobs were promised
   */
  record Promised(boolean granted, long bytes, long inodes) {}

  /** Whether what is left, less what others were promised, is enough. */
  static Promised judge(Need need, Need left, Need others) {
    boolean fits =
        left.bytes() - others.bytes() >= need.bytes()
            && left.inodes() - others.inodes() >= need.inodes();
    return new Promised(fits, others.bytes(), others.inodes());
  }
}
