package id.cetak.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.FakeBarrier;
import id.cetak.hypervisor.FakeGuestTools;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.hypervisor.FakeImages;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import id.cetak.workflow.FakeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a seal removes is what it has read, and nothing that came after. */
@SuppressWarnings("NullAway.Init")
class ConsumeStepTest {
  private static final String XML =
      """
      <domain type='qemu'><name>%s</name><uuid>%s</uuid><memory>65536</memory>
        <os><type>hvm</type></os>
        <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
          <source file='%s'/><target dev='vda' bus='virtio'/></disk></devices></domain>
      """;

  private final FakeHypervisor hypervisor = new FakeHypervisor();
  private final FakeImages images = new FakeImages();
  private final UUID golden = UUID.randomUUID();

  @TempDir Path folder;

  private Path disk;
  private ConsumeStep step;
  private FakeRun run;

  @BeforeEach
  void seal() {
    disk = folder.resolve("golden.qcow2");
    images.put(disk, "qcow2", 1 << 30, 1 << 20);
    define("golden", golden);
    FakeBarrier barrier = new FakeBarrier(folder.resolve("sealed"));
    step =
        new ConsumeStep(
            hypervisor,
            new SealTools(images, new FakeGuestTools(), barrier),
            new SealPreconditions(hypervisor, barrier, images));
    run = run(Command.Source.CONSUME);
    run.journal(
        "plan",
        new SealPlan(
            "debian",
            3,
            null,
            golden,
            hypervisor.find(golden).orElseThrow().xml(),
            List.of(new SealPlan.PlannedDisk("vda", disk, "qcow2", 1 << 30)),
            null,
            folder.resolve("work"),
            folder.resolve("sealed")));
    run.journal(ShutdownStep.NAME, new ShutdownStep.Sources(List.of(barrier.fingerprint(disk))));
  }

  @Test
  void a_source_that_nobody_touched_is_gone() {
    assertThat(step.run(run)).isEqualTo(new ConsumeStep.Consumed(null));
    assertThat(hypervisor.exists(golden)).isFalse();
    assertThat(disk).doesNotExist();
  }

  @Test
  void a_source_that_is_to_be_kept_is_not_looked_at() {
    hypervisor.forgetCalls();
    assertThat(step.run(run(Command.Source.KEEP))).isNull();
    assertThat(hypervisor.calls()).isEmpty();
    assertThat(disk).exists();
  }

  @Test
  void a_source_that_was_written_after_it_was_read_is_left_with_its_disk() {
    write();
    assertLeft("its disk vda was written");
  }

  @Test
  void a_source_that_runs_is_left_at_once() {
    hypervisor.start(golden);
    assertLeft("it was started since it was read");
  }

  @Test
  void a_source_that_is_written_in_the_moment_before_its_removal_is_defined_again() {
    run.atNextCheck(this::write);
    assertLeft("its disk vda was written");
  }

  @Test
  void a_source_that_is_started_in_the_moment_before_its_removal_runs_on_and_is_defined_again() {
    run.atNextCheck(() -> hypervisor.start(golden));
    assertLeft("it was started");
    Domain left = hypervisor.find(golden).orElseThrow();
    assertThat(left.state()).isEqualTo(PowerState.RUNNING);
    assertThat(left.persistent()).isTrue();
  }

  @Test
  void a_source_that_runs_without_a_definition_after_a_crash_gets_it_back() {
    hypervisor.start(golden);
    hypervisor.undefine(golden);
    assertLeft("it was started");
    assertThat(hypervisor.find(golden).orElseThrow().persistent()).isTrue();
  }

  @Test
  void a_disk_that_another_domain_has_by_now_is_left() {
    define("other", UUID.randomUUID());
    assertLeft("domain 'other' has its disk " + disk);
  }

  @Test
  void a_disk_that_another_domains_disk_lies_on_by_now_is_left() {
    Path overlay = folder.resolve("overlay.qcow2");
    images.overlay(overlay, disk, "qcow2", 0, StopSignal.NEVER);
    hypervisor.define(XML.formatted("other", UUID.randomUUID(), overlay));
    assertLeft("disk %s of domain 'other' lies on it".formatted(overlay));
  }

  @Test
  void a_disk_of_a_domain_that_was_defined_anew_under_another_uuid_is_left() {
    hypervisor.undefine(golden);
    define("golden", UUID.randomUUID());
    assertThat(kept()).contains("domain 'golden' has its disk");
    assertThat(disk).exists();
  }

  @Test
  void a_removal_that_was_cut_off_is_ended() {
    hypervisor.undefine(golden);
    assertThat(step.run(run)).isEqualTo(new ConsumeStep.Consumed(null));
    assertThat(disk).doesNotExist();
    assertThat(step.run(run)).as("once more").isEqualTo(new ConsumeStep.Consumed(null));
  }

  @Test
  void a_lost_lease_stops_before_anything_is_removed() {
    run.stopWith(new Failure(FailureCode.WORKER_LOST, "The lease is lost."));
    assertThatThrownBy(() -> step.run(run)).hasMessageContaining("lease");
    assertThat(hypervisor.exists(golden)).isTrue();
    assertThat(disk).exists();
  }

  private void assertLeft(String why) {
    assertThat(kept())
        .startsWith("The source domain of template debian@3 was left, with its disks: ")
        .contains(why);
    assertThat(hypervisor.exists(golden)).isTrue();
    assertThat(disk).exists();
  }

  private String kept() {
    ConsumeStep.Consumed consumed = step.run(run);
    return consumed == null || consumed.kept() == null ? "" : consumed.kept();
  }

  private void write() {
    try {
      Files.writeString(disk, "newer", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void define(String name, UUID uuid) {
    hypervisor.define(XML.formatted(name, uuid, disk));
  }

  private static FakeRun run(Command.Source source) {
    return new FakeRun(
        UUID.randomUUID(),
        new Command.Sysprep(
            new CommandId("s"), "golden", new Name("debian"), source, false, false, List.of()));
  }
}
