package id.cetak.batch;

import id.cetak.command.CommandType;
import id.cetak.job.JobState;
import id.cetak.job.MemberStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the members of a batch that are of one type have ended so far. */
record Tally(long total, long completed, long failed, long cancelled) {
  static Tally of(CommandType type, List<MemberStore.Count> counts) {
    long total = 0;
    long completed = 0;
    long failed = 0;
    long cancelled = 0;
    for (MemberStore.Count count : counts) {
      if (count.type() == type) {
        total += count.jobs();
        completed += count.state() == JobState.COMPLETED ? count.jobs() : 0;
        failed += count.state() == JobState.FAILED ? count.jobs() : 0;
        cancelled += count.state() == JobState.CANCELLED ? count.jobs() : 0;
      }
    }
    return new Tally(total, completed, failed, cancelled);
  }

  /** Members that have not ended. */
  long waiting() {
    return total - completed - failed - cancelled;
  }

  /** As events say it. */
  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("total", total);
    data.put("completed", completed);
    data.put("failed", failed);
    data.put("cancelled", cancelled);
    data.put("waiting", waiting());
    return data;
  }
}
