package id.cetak.fleet;

import id.cetak.command.CommandType;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.job.FanOutStore;
import id.cetak.job.JobState;
import id.cetak.job.MemberStore;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Waits, parked, until every host has reported or cannot be waited for any more: its part failed,
 * its worker is not heard of, or its time is over.
 */
final class AwaitStep implements Step {
  static final String NAME = "await";

  /** How often it looks; the last member that ends wakes it sooner. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final FanOutStore store;
  private final MemberStore members;
  private final CommandType type;

  AwaitStep(FanOutStore store, MemberStore members, CommandType type) {
    this.store = store;
    this.members = members;
    this.type = type;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Answers run(Run run) {
    List<FanOutStore.Member> asked = store.members(run.jobId());
    List<FanOutStore.Member> waiting =
        asked.stream().filter(FanOutStore.Member::isWaitedFor).toList();
    if (!waiting.isEmpty()) {
      throw new NotYet(
          "fleet:" + run.jobId(),
          "%d of %d hosts have not reported yet, among them %s."
              .formatted(waiting.size(), asked.size(), waiting.get(0).host()),
          LOOK);
    }
    members.stop(AskStep.maker(run), type, true);
    List<Unread> unread = new ArrayList<>(run.plan(FleetPlan.class).silent());
    asked.stream()
        .filter(member -> member.state() != JobState.COMPLETED)
        .map(AwaitStep::unread)
        .forEach(unread::add);
    return demandAny(
        new Answers(
            asked.stream()
                .filter(member -> member.state() == JobState.COMPLETED)
                .map(FanOutStore.Member::host)
                .toList(),
            unread));
  }

  /** {@link AskStep} ends what it made. */
  @Override
  public void undo(Run run) {}

  private static Unread unread(FanOutStore.Member member) {
    String code = member.code();
    if (code != null && member.state().ended()) {
      return new Unread(
          member.host(),
          FailureCode.valueOf(code),
          Objects.requireNonNullElse(member.reason(), "It did not say why."));
    }
    if (member.silent()) {
      return HostsStep.silent(member.host(), member.seenAt());
    }
    return new Unread(
        member.host(),
        FailureCode.DEADLINE_PASSED,
        "Host %s: it had not done its part in time. Look whether it is busy, and send the command again."
            .formatted(member.host()));
  }

  private static Answers demandAny(Answers answers) {
    if (answers.hosts().isEmpty()) {
      throw new Failure(
          FailureCode.FLEET_UNREAD,
          "No host could be read. "
              + answers.unread().stream().map(Unread::reason).collect(Collectors.joining(" ")));
    }
    return answers;
  }
}
