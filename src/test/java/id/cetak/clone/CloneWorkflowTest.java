package id.cetak.clone;

import static id.cetak.clone.CloneBench.GIB;
import static id.cetak.clone.CloneBench.JOB;
import static id.cetak.clone.CloneBench.command;
import static id.cetak.clone.CloneBench.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Name;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeImages;
import id.cetak.hypervisor.PowerState;
import id.cetak.identity.HostKey;
import id.cetak.identity.VendorConfig;
import id.cetak.workflow.FakeRun;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloneWorkflowTest {
  private final Path directory;
  private final CloneBench bench;
  private final List<Step> steps;
  private final Failure passing = new Failure(FailureCode.OUTCOME_UNKNOWN, "who knows");

  CloneWorkflowTest(@TempDir Path directory) {
    this.directory = directory;
    bench = new CloneBench(directory);
    steps = bench.workflow.steps();
  }

  @Test
  void the_steps_keep_their_stored_names_and_their_order() {
    assertThat(steps)
        .extracting(Step::name)
        .containsExactly("plan", "disks", "nvram", "seed", "define", "start", "verify");
  }

  @Test
  void clones_share_their_template() {
    assertThat(bench.workflow.lock(command())).contains(new LockRequest("debian-12", false));
  }

  @Test
  void a_linked_clone_is_a_domain_with_overlays_and_a_seed() {
    var run = run(command());
    run.forward(steps);

    Domain domain = bench.hypervisor.find(JOB).orElseThrow();
    assertThat(domain.name()).isEqualTo("web-07");
    assertThat(domain.state()).isEqualTo(PowerState.OFF);
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
    assertThat(FakeImages.seedFiles(run.plan(ClonePlan.class).files().seed()).get("meta-data"))
        .contains(JOB.toString());
  }

  @Test
  void the_completed_event_tells_what_was_made() {
    var run = run(started());
    run.forward(steps);
    Event event = bench.workflow.completed(run);

    Path folder = bench.clones().resolve(JOB.toString());
    assertThat(event.type()).isEqualTo(EventType.CLONE_COMPLETED);
    assertThat(event.subject()).isEqualTo("web-07");
    assertThat(event.data())
        .containsEntry("commandId", "order-4711")
        .containsEntry("host", "hv1")
        .containsEntry("name", "web-07")
        .containsEntry("uuid", JOB.toString())
        .containsEntry("template", "debian-12")
        .containsEntry("version", 3)
        .containsEntry("disk", "linked")
        .containsEntry("macs", run.plan(ClonePlan.class).identity().macs())
        .containsEntry(
            "disks",
            List.of(
                Map.of(
                    "path",
                    folder.resolve("disk-0.qcow2").toString(),
                    "backing",
                    directory.resolve("sealed/vda.qcow2").toString())))
        .containsEntry("instanceId", JOB.toString())
        .containsEntry("hostname", "web-07")
        .containsEntry("started", true);
    assertThat(bench.ledger.state(JOB)).isEqualTo(CloneState.READY);
    assertThat(bench.hypervisor.find(JOB).orElseThrow().state()).isEqualTo(PowerState.RUNNING);
  }

  @Test
  void the_completed_event_tells_the_host_keys_that_the_seed_holds() {
    var run = run(minted());
    run.forward(steps);
    Event event = bench.workflow.completed(run);
    List<HostKey> held =
        VendorConfig.hostKeys(
            FakeImages.seedFiles(run.plan(ClonePlan.class).files().seed())
                .getOrDefault("vendor-data", ""));
    assertThat(held).hasSize(1);
    assertThat(event.data())
        .containsEntry("sshHostKeys", List.of(held.get(0).eventData()))
        .containsEntry("machineId", JOB.toString().replace("-", ""));
    assertThat(event.data().toString()).doesNotContain("PRIVATE");
  }

  @Test
  void a_seed_that_a_dead_worker_made_stays_the_one_whose_host_key_is_told() {
    var dead = run(minted());
    dead.forward(steps.subList(0, 4));
    SeedStep.Seed lost = dead.result("seed", SeedStep.Seed.class).orElseThrow();
    var next = run(minted());
    next.forward(steps);
    assertThat(next.result("seed", SeedStep.Seed.class)).contains(lost);
  }

  @Test
  void a_clone_that_is_to_be_verified_has_its_proof_made_with_its_end() {
    var run = run(command(form -> verified(form)));
    run.forward(steps);
    assertThat(bench.workflow.followUp(run))
        .contains(
            new Command.Verify(new CommandId("order-4711").verification(), new Name("web-07")));
    assertThat(bench.workflow.followUp(run(command()))).isEmpty();
    assertThat(
            Consoles.logs(
                DomainXml.parse(run.plan(ClonePlan.class).domainXml()),
                run.plan(ClonePlan.class).files()))
        .isNotEmpty()
        .allSatisfy(log -> assertThat(log).exists());
  }

  private static CloneBench.Form verified(CloneBench.Form form) {
    form.start = true;
    form.verify = true;
    return form;
  }

  @Test
  void no_private_key_is_journaled() {
    var run = run(minted());
    run.forward(steps);
    assertThat(run.journal()).hasSize(7).noneMatch(entry -> entry.contains("PRIVATE"));
  }

  private static Command.Clone minted() {
    return command(
        form -> {
          form.mintHostKeys = true;
          return form;
        });
  }

  @Test
  void a_full_clone_stands_alone() {
    var run = run(command(form -> of(form, Command.Disk.FULL)));
    run.forward(steps);
    Event event = bench.workflow.completed(run);
    assertThat(event.data()).containsEntry("disk", "full");
    assertThat(event.data().get("disks"))
        .isEqualTo(
            List.of(
                Map.of(
                    "path",
                    bench.clones().resolve(JOB.toString()).resolve("disk-0.qcow2").toString())));
  }

  @Test
  void uefi_variables_are_copied_from_the_sealed_ones() throws IOException {
    Path nvram = Files.writeString(directory.resolve("nvram.fd"), "boot entries");
    bench.version =
        bench.version(directory, CloneXmlTest.template("efi"), nvram, Map.of("sda", 20 * GIB));
    var run = run(command());
    run.forward(steps);
    assertThat(run.plan(ClonePlan.class).files().nvram()).hasContent("boot entries");
  }

  @Test
  void two_disks_come_in_the_order_of_the_version() {
    bench.hypervisor.addNetwork("default");
    bench.version =
        bench.version(
            directory,
            CloneXmlTest.template("everything"),
            null,
            Map.of("vda", 20 * GIB, "sda", 30 * GIB));
    var run = run(command());
    run.forward(steps);
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "disk-1.qcow2", "seed.iso");
    assertThat(run.plan(ClonePlan.class).disks())
        .extracting(PlannedDisk::target)
        .containsExactly("vda", "sda");
  }

  @Test
  void a_failed_clone_and_a_cancelled_one_are_told_apart() {
    var run = run(command());
    Event failed = bench.workflow.failed(run, new Verdict(FailureCode.NO_SPACE, "full"));
    Event cancelled = bench.workflow.failed(run, new Verdict(FailureCode.CANCELLED, "asked"));
    assertThat(failed.type()).isEqualTo(EventType.CLONE_FAILED);
    assertThat(failed.data())
        .containsEntry("name", "web-07")
        .containsEntry("code", "NO_SPACE")
        .containsEntry("reason", "full");
    assertThat(cancelled.type()).isEqualTo(EventType.CLONE_CANCELLED);
    assertThat(cancelled.id()).as("one terminal event id per job").isEqualTo(failed.id());
  }

  @Test
  void every_step_run_twice_has_the_effect_of_once() {
    var run = run(started());
    for (Step step : steps) {
      run.journal(step.name(), step.run(run));
      step.run(run);
    }
    assertThat(bench.hypervisor.domains()).hasSize(1);
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
    assertThat(bench.hypervisor.calls()).containsOnlyOnce("define");
  }

  @ParameterizedTest
  @CsvSource({
    "overlay,false",
    "overlay,true",
    "seed,false",
    "seed,true",
    "define,false",
    "define,true",
    "start,false",
    "start,true",
    "inspect,false",
    "find,false"
  })
  void a_call_that_fails_before_or_after_its_effect_is_made_good_by_the_next_attempt(
      String verb, boolean after) {
    fail(verb, after);
    var run = run(started());
    assertThatThrownBy(() -> run.forward(steps)).isSameAs(passing);
    run.nextAttempt();
    run.forward(steps);
    assertThat(bench.workflow.completed(run).type()).isEqualTo(EventType.CLONE_COMPLETED);
    assertThat(bench.hypervisor.domains()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "overlay,false",
    "overlay,true",
    "seed,false",
    "seed,true",
    "define,false",
    "define,true",
    "start,false",
    "start,true",
    "inspect,false"
  })
  void wherever_it_breaks_undoing_leaves_nothing(String verb, boolean after) throws IOException {
    fail(verb, after);
    var run = run(started());
    assertThatThrownBy(() -> run.forward(steps)).isSameAs(passing);
    if (Files.exists(bench.clones())) {
      Files.writeString(
          bench.clones().resolve(JOB.toString()).resolve("disk-0.qcow2.part"), "half");
    }
    run.undo(steps);
    nothingIsLeft();
    run.undo(steps);
    nothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "destroy,false",
    "destroy,true",
    "undefine,false",
    "undefine,true",
    "remove,false",
    "remove,true"
  })
  void an_undo_that_breaks_off_is_finished_by_the_next_one(String verb, boolean after) {
    var run = run(started());
    run.forward(steps);
    fail(verb, after);
    assertThatThrownBy(() -> run.undo(steps)).isSameAs(passing);
    run.undo(steps);
    nothingIsLeft();
  }

  @Test
  void undoing_touches_no_domain_but_the_jobs_own() {
    var run = run(command());
    run.forward(steps.subList(0, 4));
    var other = new UUID(8, 8);
    bench.hypervisor.put(new Domain("web-07", other, PowerState.RUNNING, "<domain/>", true));
    assertThatThrownBy(() -> run.forward(steps))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.NAME_TAKEN));
    run.undo(steps);
    assertThat(bench.hypervisor.find(other).orElseThrow().state()).isEqualTo(PowerState.RUNNING);
    assertThat(bench.hypervisor.calls()).doesNotContain("destroy", "undefine");
    assertThat(bench.files()).isEmpty();
  }

  @Test
  void undoing_removes_the_folder_of_no_other_clone() {
    var other = new FakeRun(new UUID(8, 8), command(form -> named(form, "web-08")));
    other.forward(steps);
    var run = run(command());
    run.forward(steps);
    run.undo(steps);
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
    assertThat(bench.hypervisor.domains()).extracting(Domain::name).containsExactly("web-08");
  }

  @Test
  void a_lost_lease_stops_before_the_next_effect_and_undoes_nothing() {
    var run = run(started());
    run.forward(steps.subList(0, 4));
    var lost = new IllegalStateException("lease lost");
    run.stopWith(lost);
    assertThatThrownBy(() -> run.forward(steps)).isSameAs(lost);
    assertThatThrownBy(() -> run.undo(steps)).isSameAs(lost);
    assertThat(bench.hypervisor.domains()).isEmpty();
    assertThat(bench.files()).containsExactly("disk-0.qcow2", "seed.iso");
  }

  @Test
  void a_domain_that_was_changed_before_the_proof_is_reported_with_every_difference() {
    var run = run(started());
    run.forward(steps.subList(0, 6));
    bench.hypervisor.change(
        JOB,
        d ->
            new Domain(
                d.name(),
                d.uuid(),
                PowerState.OFF,
                d.xml().replace("disk-0.qcow2", "other.qcow2").replace("52:54:00", "52:54:01"),
                true));
    refused(run, "MAC addresses is", "disks is", "state is OFF instead of RUNNING");
  }

  @Test
  void a_domain_that_is_gone_before_the_proof_is_reported() {
    var run = run(command());
    run.forward(steps.subList(0, 6));
    bench.hypervisor.undefine(JOB);
    refused(run, "it is gone");
  }

  @Test
  void an_image_that_lies_on_something_else_is_reported() {
    var run = run(command());
    run.forward(steps.subList(0, 6));
    bench.images.put(run.plan(ClonePlan.class).disks().get(0).image(), "qcow2", GIB, 1);
    refused(run, "disk-0.qcow2: backing file is null", "disk-0.qcow2: size is 1073741824");
  }

  @Test
  void a_clone_that_is_not_in_the_ledger_any_more_is_not_announced() {
    var run = run(command());
    run.forward(steps);
    bench.ledger.release(JOB, 1);
    assertThatThrownBy(() -> bench.workflow.completed(run))
        .isInstanceOf(IllegalStateException.class);
  }

  private void refused(FakeRun run, String... words) {
    assertThatThrownBy(() -> run.forward(steps))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.HYPERVISOR_REFUSED);
              assertThat(failure.reason()).contains(words);
            });
  }

  private void fail(String verb, boolean after) {
    boolean onImages = List.of("overlay", "seed", "inspect", "remove").contains(verb);
    if (onImages && after) {
      bench.images.failAfter(verb, passing);
    } else if (onImages) {
      bench.images.failBefore(verb, passing);
    } else if (after) {
      bench.hypervisor.failAfter(verb, passing);
    } else {
      bench.hypervisor.failBefore(verb, passing);
    }
  }

  private void nothingIsLeft() {
    assertThat(bench.hypervisor.domains()).isEmpty();
    assertThat(bench.files()).isEmpty();
    assertThat(bench.clones().resolve(JOB.toString())).doesNotExist();
    assertThat(bench.ledger.entries).isEmpty();
    assertThat(bench.macs.size()).isZero();
  }

  private static Command.Clone started() {
    UnaryOperator<CloneBench.Form> start =
        form -> {
          form.start = true;
          return form;
        };
    return command(start);
  }

  private static CloneBench.Form of(CloneBench.Form form, Command.Disk disk) {
    form.disk = disk;
    return form;
  }

  private static CloneBench.Form named(CloneBench.Form form, String name) {
    form.name = name;
    return form;
  }

  @Test
  void a_full_clone_says_how_it_was_copied() {
    var full = run(command(form -> of(form, Command.Disk.FULL)));
    full.forward(steps);
    assertThat(bench.workflow.completed(full).data().get("copy"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("method", "sparse")
        .containsEntry("reason", "it shares no blocks")
        .containsEntry("bytes", GIB)
        .containsKey("durationMillis");
    assertThat(bench.told).as("of a copy shorter than a second").isEmpty();
  }

  @Test
  void a_linked_clone_tells_of_no_copy() {
    var linked = run(command());
    linked.forward(steps);
    assertThat(bench.workflow.completed(linked).data()).doesNotContainKey("copy");
  }

  @Test
  void a_copy_whose_worker_died_before_the_journal_is_not_described() {
    var run = run(command(form -> of(form, Command.Disk.FULL)));
    steps.get(0).run(run);
    run.journal("plan", steps.get(0).run(run));
    steps.get(1).run(run);
    run.forward(steps);
    assertThat(bench.workflow.completed(run).data()).doesNotContainKey("copy");
  }

  @Test
  void all_files_are_durable_before_the_domain_is_defined() {
    run(command()).forward(steps);
    assertThat(bench.images.calls())
        .containsSubsequence("overlay", "seed", "settle")
        .endsWith("settle", "inspect");
  }

  // A file can be gone after a power cut until its folder is settled: then its step has to run
  // again.
  @Test
  void no_file_of_a_clone_is_journaled_before_the_clone_ends() {
    assertThat(steps.stream().filter(Step::cheap).map(Step::name))
        .contains("disks", "nvram", "seed");
    assertThat(steps.get(0).cheap()).as("the plan is journaled at once").isFalse();
  }
}
