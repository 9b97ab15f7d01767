package id.cetak.fleet;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.job.FanOutStore;
import id.cetak.job.MemberStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes the members, all in one transaction. */
final class AskStep implements Step {
  private final FanOutStore store;
  private final MemberStore members;
  private final ObjectMapper json;
  private final FanOut.Part part;

  AskStep(FanOutStore store, MemberStore members, ObjectMapper json, FanOut.Part part) {
    this.store = store;
    this.members = members;
    this.json = json;
    this.part = part;
  }

  @Override
  public String name() {
    return "ask";
  }

  @Override
  public @Nullable Object run(Run run) {
    List<FanOutStore.Seat> seats = new ArrayList<>();
    for (String host : run.plan(FleetPlan.class).hosts()) {
      seats.add(seat(run, host, seats.size()));
    }
    if (!store.spawn(maker(run), part.type(), part.patience(), seats)) {
      throw new Failure(
          FailureCode.OUTCOME_UNKNOWN,
          "Job %s: another attempt than %d has it. Looked at again."
              .formatted(run.jobId(), run.attempt()));
    }
    return null;
  }

  /** They end by themselves, wherever they are; nobody waits for them any more. */
  @Override
  public void undo(Run run) {
    members.stop(maker(run), part.type(), true);
  }

  static MemberStore.Batch maker(Run run) {
    return new MemberStore.Batch(run.jobId(), run.attempt());
  }

  private FanOutStore.Seat seat(Run run, String host, int number) {
    Command command = part.command().apply(run, run.commandId().member(number));
    UUID id =
        UUID.nameUUIDFromBytes((run.jobId() + "/host/" + host).getBytes(StandardCharsets.UTF_8));
    return new FanOutStore.Seat(id, command.id().value(), host, json.valueToTree(command), number);
  }
}
