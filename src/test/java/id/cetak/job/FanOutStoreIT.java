package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import id.cetak.command.CommandType;
import id.cetak.engine.EngineResource;
import id.cetak.lab.Witness;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Members on hosts of their own, in a real PostgreSQL; no worker serves these hosts. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class FanOutStoreIT {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FanOutStore fanOut;
  private final ClaimStore claims;
  private final JobStore jobs;

  @Inject
  FanOutStoreIT(FanOutStore fanOut, ClaimStore claims, JobStore jobs) {
    this.fanOut = fanOut;
    this.claims = claims;
    this.jobs = jobs;
  }

  @Test
  void each_member_is_claimed_on_its_own_host_like_a_single_command() {
    MemberStore.Batch maker = maker("spread-home");
    assertThat(spawn(maker, LONG, "spread-home", "spread-1", "spread-2")).isTrue();
    assertThat(spawn(maker, LONG, "spread-home", "spread-1", "spread-2"))
        .as("again, after a crash")
        .isTrue();
    assertThat(claims.openBatches("spread-home")).as("its members need no turn").isEmpty();
    for (String host : List.of("spread-home", "spread-1", "spread-2")) {
      List<Job> claimed = claim(host);
      assertThat(claimed).as(host).hasSize(1);
      assertThat(claimed.get(0).isMember()).isTrue();
    }
  }

  @Test
  void a_late_maker_makes_no_members() {
    MemberStore.Batch maker = maker("late-maker");
    assertThat(spawn(new MemberStore.Batch(maker.id(), maker.attempt() - 1), LONG, "late-1"))
        .isFalse();
    assertThat(claim("late-1")).isEmpty();
  }

  @Test
  void a_member_of_a_silent_host_is_not_waited_for() {
    MemberStore.Batch maker = maker("quiet-home");
    jobs.seen("quiet-1");
    jobs.seen("quiet-2");
    spawn(maker, LONG, "quiet-1", "quiet-2");
    assertThat(waitedFor(maker)).containsExactly("quiet-1", "quiet-2");
    Witness.change(
        "update host set seen_at = clock_timestamp() - interval '2 minutes' where name = 'quiet-2'");
    assertThat(waitedFor(maker)).containsExactly("quiet-1");
    assertThat(fanOut.hosts().stream().filter(host -> host.name().equals("quiet-2")))
        .allMatch(host -> !host.alive());
    Witness.change("delete from host where name like 'quiet-%'");
    assertThat(waitedFor(maker)).isEmpty();
  }

  @Test
  void a_member_whose_deadline_has_long_passed_is_not_waited_for() {
    MemberStore.Batch maker = maker("slow-home");
    jobs.seen("slow-1");
    spawn(maker, Duration.ofSeconds(-20), "slow-1");
    assertThat(waitedFor(maker)).isEmpty();
    assertThat(fanOut.members(maker.id()))
        .singleElement()
        .matches(FanOutStore.Member::late)
        .matches(member -> !member.silent());
    Witness.change("delete from host where name = 'slow-1'");
  }

  @Test
  void reports_are_those_of_members_that_ended_well_and_were_asked_for() {
    MemberStore.Batch maker = maker("tell-home");
    spawn(maker, LONG, "tell-1", "tell-2", "tell-3");
    report("tell-1", true);
    report("tell-2", true);
    report("tell-3", false);
    assertThat(fanOut.reports(maker.id(), "report", List.of("tell-1", "tell-3")))
        .isEqualTo(Map.of("tell-1", "{\"of\": \"tell-1\"}"));
  }

  private List<String> waitedFor(MemberStore.Batch maker) {
    return fanOut.members(maker.id()).stream()
        .filter(FanOutStore.Member::isWaitedFor)
        .map(FanOutStore.Member::host)
        .toList();
  }

  /** What the host's worker would do with its member. */
  private void report(String host, boolean ends) {
    Job member = claim(host).get(0);
    Witness.change(
        "insert into job_step (job_id, step, attempt, result) values ('%s', 'report', 1, '{\"of\": \"%s\"}')"
            .formatted(member.id(), host));
    if (ends) {
      QuarkusTransaction.requiringNew()
          .run(() -> jobs.end(member.id(), member.attempt(), JobState.RUNNING, JobState.COMPLETED));
    }
  }

  private boolean spawn(MemberStore.Batch maker, Duration patience, String... hosts) {
    return fanOut.spawn(
        maker,
        CommandType.CANCEL,
        patience,
        IntStream.range(0, hosts.length).mapToObj(n -> seat(maker, hosts[n], n)).toList());
  }

  private static FanOutStore.Seat seat(MemberStore.Batch maker, String host, int number) {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("id", maker.id() + "/" + number);
    spec.put("target", "x");
    spec.put("removeClones", false);
    return new FanOutStore.Seat(
        UUID.nameUUIDFromBytes(
            (maker.id() + host).getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        maker.id() + "/" + number,
        host,
        spec,
        number);
  }

  private List<Job> claim(String host) {
    return claims.claim(new ClaimStore.Claimant(host, "test", LONG), 5, true);
  }

  private MemberStore.Batch maker(String host) {
    UUID id = UUID.randomUUID();
    Witness.change(
        """
        insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline)
        values ('%1$s', '%1$s', sha256('x'), 'CANCEL', '{"id": "%1$s", "target": "x"}', '%2$s', 'x', 'QUEUED',
                clock_timestamp() + interval '1 hour')
        """
            .formatted(id, host));
    return new MemberStore.Batch(id, claim(host).get(0).attempt());
  }
}
