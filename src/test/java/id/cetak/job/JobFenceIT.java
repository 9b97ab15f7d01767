package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.engine.EngineResource;
import id.cetak.failure.FailureCode;
import id.cetak.lab.Witness;
import id.cetak.lock.TemplateLocks;
import id.cetak.workflow.Journal;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Verdict;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What a worker may still write after its lease ran out: nothing. The jobs here belong to hosts
 * that no worker serves.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class JobFenceIT {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final JobStore jobs;
  private final ClaimStore claims;
  private final Journal journal;
  private final TemplateLocks locks;

  @Inject
  JobFenceIT(JobStore jobs, ClaimStore claims, Journal journal, TemplateLocks locks) {
    this.jobs = jobs;
    this.claims = claims;
    this.journal = journal;
    this.locks = locks;
  }

  @Test
  void late_worker_cannot_finish_a_reclaimed_job() {
    UUID id = job("late-finish");
    Job late = claim("late-finish", SHORT);
    Job now = claim("late-finish", LONG);
    assertThat(now.attempt()).isEqualTo(late.attempt() + 1);
    assertThat(now.failures()).as("a lost worker counts").isEqualTo(1);
    assertThat(
            inTransaction(() -> jobs.end(id, late.attempt(), JobState.RUNNING, JobState.COMPLETED)))
        .isFalse();
    assertThat(jobs.condemn(id, late.attempt(), new Verdict(FailureCode.INTERNAL, "late")))
        .isFalse();
    assertThat(jobs.retry(id, late.attempt(), SHORT, 1)).isFalse();
    assertThat(jobs.renew(Map.of(id, late.attempt()), LONG))
        .containsExactly(new JobStore.Lease(id, false, false, false));
    assertThat(
            inTransaction(() -> jobs.end(id, now.attempt(), JobState.RUNNING, JobState.COMPLETED)))
        .isTrue();
  }

  @Test
  void a_lease_whose_row_is_locked_is_not_taken_for_lost() {
    UUID id = job("locked-row");
    Job now = claim("locked-row", LONG);
    JobStore.Lease whileLocked =
        QuarkusTransaction.requiringNew()
            .call(
                () -> {
                  jobs.park(id, now.attempt(), new NotYet("test:lock", "held", LONG));
                  return java.util.concurrent.CompletableFuture.supplyAsync(
                          () -> jobs.renew(Map.of(id, now.attempt()), LONG))
                      .get(30, java.util.concurrent.TimeUnit.SECONDS)
                      .get(0);
                });
    assertThat(whileLocked.renewed()).isFalse();
    assertThat(whileLocked.held()).isTrue();
    assertThat(jobs.renew(Map.of(id, now.attempt()), LONG).get(0).held())
        .as("parked by now")
        .isFalse();
  }

  @Test
  void late_worker_cannot_journal_a_step_of_a_reclaimed_job() {
    UUID id = job("late-journal");
    Job late = claim("late-journal", SHORT);
    Job now = claim("late-journal", LONG);
    assertThat(journal.record(id, late.attempt(), Map.of("disks", "\"late\""))).isFalse();
    assertThat(journal.read(id)).isEmpty();
    assertThat(journal.record(id, now.attempt(), Map.of("disks", "\"now\""))).isTrue();
    assertThat(journal.record(id, now.attempt(), Map.of("disks", "\"now\"")))
        .as("a lost answer, tried again")
        .isTrue();
    assertThat(journal.record(id, late.attempt(), Map.of("disks", "\"late\""))).isFalse();
    assertThat(journal.read(id)).containsEntry("disks", "\"now\"");
  }

  @Test
  void a_lease_that_ran_out_cannot_journal_even_before_anybody_else_claims() {
    UUID id = job("out-journal");
    Job late = claim("out-journal", SHORT);
    await()
        .until(
            () ->
                !Witness.rows(
                        "select 1 from job where id = '"
                            + id
                            + "' and lease_until < clock_timestamp()")
                    .isEmpty());
    assertThat(journal.record(id, late.attempt(), Map.of("disks", "null"))).isFalse();
  }

  @Test
  void members_that_go_on_are_left_alone_while_there_is_no_room_for_them() {
    UUID batch = job("crowded");
    assertThat(claim("crowded", LONG).id()).isEqualTo(batch);
    UUID member = job("crowded");
    Witness.change(
        "update job set batch_id = '%s', batch_number = 0, state = 'RETRYING' where id = '%s'"
            .formatted(batch, member));
    ClaimStore.Claimant claimant = new ClaimStore.Claimant("crowded", "test", LONG);
    assertThat(claims.claim(claimant, 5, false)).isEmpty();
    assertThat(claims.claim(claimant, 5, true)).extracting(Job::id).containsExactly(member);
  }

  @Test
  void two_workers_never_claim_one_job() {
    for (int n = 0; n < 20; n++) {
      job("race");
    }
    List<UUID> claimed =
        java.util.stream.IntStream.range(0, 8)
            .parallel()
            .boxed()
            .flatMap(
                n -> claims.claim(new ClaimStore.Claimant("race", "w" + n, LONG), 5, true).stream())
            .map(Job::id)
            .toList();
    assertThat(claimed).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void
      each_exclusive_grant_of_a_template_has_a_higher_fence_and_a_seal_waits_for_clones_in_order() {
    UUID clone = running("lock-1");
    UUID seal = running("lock-2");
    UUID laterClone = running("lock-3");
    long first = granted(acquire(clone, "fenced", false));
    assertThat(busy(acquire(seal, "fenced", true))).contains("'fenced'", "holds it");
    assertThat(busy(acquire(laterClone, "fenced", false)))
        .as("not ahead of the waiting seal")
        .contains("waits ahead");
    QuarkusTransaction.requiringNew().run(() -> locks.release(clone));
    long second = granted(acquire(seal, "fenced", true));
    assertThat(second).isGreaterThan(first);
    assertThat(granted(acquire(seal, "fenced", true)))
        .as("asking again changes nothing")
        .isEqualTo(second);
    assertThat(busy(acquire(laterClone, "fenced", false))).contains("holds it");
    QuarkusTransaction.requiringNew().run(() -> locks.release(seal));
    assertThat(granted(acquire(laterClone, "fenced", false)))
        .as("sharers carry the fence of the last exclusive holder")
        .isEqualTo(second);
  }

  @Test
  void late_worker_cannot_take_a_lock_that_nobody_would_give_up_again() {
    UUID id = job("late-lock");
    Job late = claim("late-lock", SHORT);
    Job now = claim("late-lock", LONG);
    assertThat(acquire(id, late.attempt(), "late", false))
        .isInstanceOf(TemplateLocks.Answer.Outlived.class);
    assertThat(
            inTransaction(() -> jobs.end(id, now.attempt(), JobState.RUNNING, JobState.COMPLETED)))
        .isTrue();
    for (int attempt : List.of(late.attempt(), now.attempt())) {
      for (boolean exclusive : List.of(true, false)) {
        assertThat(acquire(id, attempt, "late", exclusive))
            .isInstanceOf(TemplateLocks.Answer.Outlived.class);
      }
    }
    assertThat(Witness.rows("select 1 from template_lease where job_id = '" + id + "'")).isEmpty();
  }

  private UUID running(String host) {
    UUID id = job(host);
    assertThat(claim(host, LONG).attempt()).isEqualTo(1);
    return id;
  }

  private TemplateLocks.Answer acquire(UUID job, String template, boolean exclusive) {
    return acquire(job, 1, template, exclusive);
  }

  private TemplateLocks.Answer acquire(UUID job, int attempt, String template, boolean exclusive) {
    return QuarkusTransaction.requiringNew()
        .call(() -> locks.acquire(job, attempt, new LockRequest(template, exclusive)));
  }

  private static long granted(TemplateLocks.Answer answer) {
    assertThat(answer).isInstanceOf(TemplateLocks.Answer.Granted.class);
    return ((TemplateLocks.Answer.Granted) answer).fence();
  }

  private static String busy(TemplateLocks.Answer answer) {
    assertThat(answer).isInstanceOf(TemplateLocks.Answer.Busy.class);
    return ((TemplateLocks.Answer.Busy) answer).holders();
  }

  private static boolean inTransaction(java.util.concurrent.Callable<Boolean> act) {
    return QuarkusTransaction.requiringNew().call(act);
  }

  /** Claims the host's one due job, as soon as its lease, if it has one, is over. */
  private Job claim(String host, Duration lease) {
    List<Job> claimed = new java.util.ArrayList<>();
    await()
        .until(
            () ->
                claimed.addAll(
                    claims.claim(new ClaimStore.Claimant(host, "test", lease), 1, true)));
    return claimed.get(0);
  }

  private static UUID job(String host) {
    UUID id = UUID.randomUUID();
    Witness.change(
        """
        insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline)
        values ('%1$s', '%1$s', sha256('x'), 'CANCEL', '{"id": "%1$s", "target": "x"}', '%2$s', 'x', 'QUEUED',
                clock_timestamp() + interval '1 hour')
        """
            .formatted(id, host));
    return id;
  }
}
