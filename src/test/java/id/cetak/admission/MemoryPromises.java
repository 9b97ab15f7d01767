package id.cetak.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The promises of one host, without a database. */
public final class MemoryPromises implements Promises {
  private final Map<UUID, Need> promised = new LinkedHashMap<>();

  @Override
  public Promised reserve(String host, Admission.Applicant applicant, Need need, Need left) {
    Need others = new Need(0, 0);
    for (Map.Entry<UUID, Need> other : promised.entrySet()) {
      if (!other.getKey().equals(applicant.job())) {
        others =
            new Need(
                others.bytes() + other.getValue().bytes(),
                others.inodes() + other.getValue().inodes());
      }
    }
    Promised answer = Promises.judge(need, left, others);
    if (answer.granted()) {
      promised.put(applicant.job(), need);
    }
    return answer;
  }

  @Override
  public void shrink(UUID job, int attempt, Need need) {
    promised.put(job, need);
  }

  /** The job has ended. */
  public void end(UUID job) {
    promised.remove(job);
  }
}
