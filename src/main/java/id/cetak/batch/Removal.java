package id.cetak.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.clone.CloneEntries;
import id.cetak.command.CommandId;
import id.cetak.command.CommandType;
import id.cetak.job.MemberStore;
import id.cetak.job.MemberStore.Member;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Removes the clones of a batch, each by a job of its own. */
@ApplicationScoped
class Removal {
  /** Behind the largest number that a clone of a batch can have. */
  private static final int FIRST_NUMBER = 10_000;

  private final MemberStore members;
  private final CloneEntries clones;
  private final Seats seats;
  private final ObjectMapper json;

  Removal(MemberStore members, CloneEntries clones, Seats seats, ObjectMapper json) {
    this.members = members;
    this.clones = clones;
    this.seats = seats;
    this.json = json;
  }

  /**
   * Makes the jobs that remove the batch's own clones, and waits for them.
   *
   * @throws id.cetak.workflow.NotYet until they have ended
   */
  void removeClones(Run run) {
    Tally tally = tally(run);
    if (tally.total() == 0) {
      spawn(run, run.jobId());
      tally = tally(run);
    }
    if (tally.waiting() > 0) {
      throw Batches.waitFor(run, "deletions", tally);
    }
  }

  /** Makes the jobs that remove what another batch has made; those that exist stay as they are. */
  void spawn(Run run, UUID batch) {
    List<Member> deletions = new ArrayList<>();
    CommandId mine = run.commandId();
    for (CloneEntries.Entry entry : clones.ofBatch(batch)) {
      int number = deletions.size();
      deletions.add(
          seats.deletion(
              run.jobId(), mine.member(number).deletion(), entry.name(), FIRST_NUMBER + number));
    }
    if (!deletions.isEmpty()) {
      Batches.demandMine(
          members.spawn(Batches.of(run), CommandType.DELETE, json.createObjectNode(), deletions),
          run);
    }
  }

  Tally tally(Run run) {
    return Tally.of(CommandType.DELETE, members.tally(run.jobId()));
  }
}
