package id.cetak.clone;

import static id.cetak.clone.CloneBench.JOB;
import static id.cetak.clone.CloneBench.command;
import static id.cetak.clone.CloneBench.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Name;
import id.cetak.event.EventType;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeBarrier;
import id.cetak.hypervisor.StopSignal;
import id.cetak.workflow.FakeRun;
import id.cetak.workflow.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlattenWorkflowTest {
  private static final UUID FLATTEN = new UUID(9, 9);

  private final CloneBench bench;
  private final FlattenWorkflow workflow;
  private final List<Step> steps;
  private final FakeRun flatten =
      new FakeRun(FLATTEN, new Command.Flatten(new CommandId("alone"), new Name("web-07")));

  FlattenWorkflowTest(@TempDir Path directory) {
    bench = new CloneBench(directory);
    workflow = bench.flatten(new FakeBarrier(directory.resolve("sealed")), new OneClone());
    steps = workflow.steps();
  }

  @BeforeEach
  void makeAClone() {
    FakeRun clone = run(command());
    clone.forward(bench.workflow.steps());
    bench.workflow.completed(clone);
  }

  @Test
  void a_clone_that_is_off_gets_disks_that_lie_on_nothing() {
    flatten.forward(steps);
    var event = workflow.completed(flatten);
    assertThat(event.type()).isEqualTo(EventType.CLONE_FLATTENED);
    assertThat(event.data()).containsEntry("disk", "full").containsEntry("version", 3);
    assertThat(backing()).isEmpty();
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
    assertThat(bench.ledger.flattened).containsExactly(JOB);
    Domain domain = bench.hypervisor.find(JOB).orElseThrow();
    assertThat(Lineage.of(DomainXml.parse(domain.xml())).orElseThrow().disk())
        .isEqualTo(Command.Disk.FULL);
  }

  @Test
  void a_clone_that_stands_alone_is_left_as_it_is() {
    flatten.forward(steps);
    workflow.completed(flatten);
    bench.images.forgetCalls();
    FakeRun again =
        new FakeRun(
            new UUID(9, 10), new Command.Flatten(new CommandId("again"), new Name("web-07")));
    again.forward(steps);
    assertThat(workflow.completed(again).data()).containsEntry("disks", List.of());
    assertThat(bench.images.calls()).containsOnly("inspect");
  }

  @Test
  void a_running_clone_is_refused_and_let_go() {
    bench.hypervisor.start(JOB);
    assertFails(FailureCode.DOMAIN_RUNNING, "Shut it down");
    flatten.undo(steps);
    assertThat(bench.ledger.hold(new CloneClaim(new UUID(1, 1), 1, JOB, "hv1"))).isTrue();
    assertThat(backing()).isPresent();
  }

  @Test
  void what_a_copy_would_lose_is_refused_by_name() {
    bench.hypervisor.record(JOB, new DomainRecords(false, true, 2, 1));
    assertFails(FailureCode.DOMAIN_UNFIT, "2 snapshots (virsh snapshot-delete), 1 checkpoints");
  }

  @Test
  void a_disk_that_was_written_while_it_was_copied_is_not_exchanged() throws IOException {
    flatten.forward(steps.subList(0, 2));
    Files.setLastModifiedTime(disk(), FileTime.fromMillis(17));
    assertFails(FailureCode.DOMAIN_RUNNING, "written");
    assertThat(backing()).as("the guest's own disk").isPresent();
    flatten.undo(steps);
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
  }

  @Test
  void a_clone_that_was_started_while_it_was_copied_is_not_exchanged() {
    flatten.forward(steps.subList(0, 2));
    bench.hypervisor.start(JOB);
    assertFails(FailureCode.DOMAIN_RUNNING, "running");
    assertThat(backing()).isPresent();
  }

  @Test
  void a_worker_that_dies_after_the_exchange_finds_it_done() {
    flatten.forward(steps.subList(0, 2));
    bench.images.failAfter("replace", new Failure(FailureCode.OUTCOME_UNKNOWN, "who knows"));
    assertFails(FailureCode.OUTCOME_UNKNOWN, "who knows");
    flatten.nextAttempt();
    flatten.forward(steps);
    assertThat(backing()).isEmpty();
    assertThat(bench.images.calls().stream().filter("replace"::equals)).hasSize(1);
  }

  @Test
  void a_definition_that_names_the_image_below_forgets_it() {
    bench.hypervisor.change(
        JOB,
        domain ->
            new Domain(
                domain.name(),
                domain.uuid(),
                domain.state(),
                domain
                    .xml()
                    .replaceFirst(
                        "(<source file=\"[^\"]*disk-0[^\"]*\"/>)",
                        "$1<backingStore type='file'><format type='qcow2'/><source"
                            + " file='/x'/></backingStore>"),
                domain.persistent()));
    assertThat(bench.hypervisor.find(JOB).orElseThrow().xml()).contains("backingStore");
    flatten.forward(steps);
    assertThat(bench.hypervisor.find(JOB).orElseThrow().xml()).doesNotContain("backingStore");
  }

  @Test
  void the_steps_keep_their_stored_names_and_their_order() {
    assertThat(steps)
        .extracting(Step::name)
        .containsExactly("plan", "copy", "swap", "define", "describe", "verify");
  }

  private void assertFails(FailureCode code, String words) {
    assertThatThrownBy(() -> flatten.forward(steps))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(code);
              assertThat(failure.reason()).contains(words);
            });
  }

  private Path disk() {
    return bench.clones().resolve(JOB.toString()).resolve("disk-0.qcow2");
  }

  private Optional<Path> backing() {
    return Optional.ofNullable(
        bench.images.inspect(disk(), "qcow2", StopSignal.NEVER).backingFile());
  }

  /** The ledger's list, with the one clone of this test. */
  private static final class OneClone implements CloneEntries {
    @Override
    public Optional<Entry> named(String name) {
      return Optional.of(new Entry(JOB, name, "hv1", "debian-12", 3, CloneState.READY));
    }

    @Override
    public List<Entry> namedAny(Collection<String> names) {
      return List.of();
    }

    @Override
    public List<Entry> ofBatch(UUID batch) {
      return List.of();
    }
  }
}
