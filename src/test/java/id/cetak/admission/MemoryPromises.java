package id.cetak.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The promises of one host, without a database. */
public final class MemoryPromises implements Promises {
  private final Map<UUID, Need> promised = new LinkedHashMap<>();

  @Override
  public Promised reserve(String host, Admission.Applicant applicant, Need need, Need left) {
    Promised answer = Promises.judge(need, left, others(applicant.job()));
    if (answer.granted()) {
      promised.put(applicant.job(), need);
    }
    return answer;
  }

  @Override
  public Promised look(String host, Need need, Need left) {
    return Promises.judge(need, left, others(new UUID(0, 0)));
  }

  private Need others(UUID but) {
    Need others = new Need(0, 0);
    for (Map.Entry<UUID, Need> other : promised.entrySet()) {
      if (!other.getKey().equals(but)) {
        others =
            new Need(
                others.bytes() + other.getValue().bytes(),
                others.inodes() + other.getValue().inodes());
      }
    }
    return others;
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
