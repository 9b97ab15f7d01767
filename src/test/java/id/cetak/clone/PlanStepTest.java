package id.cetak.clone;

import static id.cetak.clone.CloneBench.GIB;
import static id.cetak.clone.CloneBench.JOB;
import static id.cetak.clone.CloneBench.command;
import static id.cetak.clone.CloneBench.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.PowerState;
import id.cetak.template.SealedGuest;
import id.cetak.workflow.FakeRun;
import id.cetak.workflow.Step;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanStepTest {
  private final Path directory;
  private final CloneBench bench;
  private final Step plan;

  PlanStepTest(@TempDir Path directory) {
    this.directory = directory;
    bench = new CloneBench(directory);
    plan = bench.workflow.steps().get(0);
  }

  @Test
  void a_plan_says_everything_and_makes_only_the_ledgers_entry() {
    ClonePlan made = planned(command());

    assertThat(made.identity().id()).isEqualTo(JOB);
    assertThat(made.identity().macs()).hasSize(1);
    assertThat(made.origin()).isEqualTo(new Origin("debian-12", 3, 1, "order-4711"));
    assertThat(made.files().folder()).isEqualTo(bench.clones().resolve(JOB.toString()));
    assertThat(DomainXml.parse(made.domainXml()).macs()).isEqualTo(made.identity().macs());
    assertThat(bench.ledger.entries).containsOnlyKeys(JOB);
    assertThat(bench.files()).isEmpty();
    assertThat(bench.hypervisor.calls()).doesNotContain("define", "start");
  }

  @Test
  void planning_again_after_a_crash_gives_the_same_clone() {
    ClonePlan first = planned(command());
    assertThat(planned(command())).isEqualTo(first);
    assertThat(bench.macs.size()).isEqualTo(1);
  }

  @Test
  void the_machine_id_is_known_where_the_guest_takes_it_from_the_uuid() {
    assertThat(planned(command()).machineId()).isEqualTo(JOB.toString().replace("-", ""));
    bench.version = bench.withGuest(new SealedGuest(true, null));
    assertThat(planned(command()).machineId()).isNull();
  }

  @Test
  void host_keys_are_not_minted_for_a_guest_that_could_not_take_them() {
    bench.version = bench.withGuest(new SealedGuest(false, 252));
    refused(
        command(
            form -> {
              form.mintHostKeys = true;
              return form;
            }),
        FailureCode.INVALID,
        "debian-12@3 has no cloud-init");
  }

  @Test
  void undoing_leaves_no_name_and_no_address_and_may_be_done_twice() {
    var run = run(command());
    plan.run(run);
    plan.undo(run);
    plan.undo(run);
    assertThat(bench.ledger.entries).isEmpty();
    assertThat(bench.macs.size()).isZero();
  }

  @Test
  void a_name_of_another_domain_on_the_host_is_refused() {
    bench.hypervisor.put(domain("web-07", new UUID(8, 8)));
    refused(command(), FailureCode.NAME_TAKEN, "00000000-0000-0008-0000-000000000008");
  }

  @Test
  void the_clones_own_domain_does_not_take_its_name() {
    bench.hypervisor.put(domain("web-07", JOB));
    assertThat(planned(command()).identity().name()).isEqualTo("web-07");
  }

  @Test
  void a_name_of_another_clone_of_the_fleet_is_refused_with_its_holder() {
    var other = new FakeRun(new UUID(8, 8), command());
    plan.run(other);
    refused(command(), FailureCode.NAME_TAKEN, "00000000-0000-0008-0000-000000000008 on host hv1");
    assertThat(bench.macs.size()).isEqualTo(1);
  }

  @Test
  void an_unknown_template_is_refused_as_the_templates_say() {
    refused(
        command(
            form -> {
              form.template = "debian-11";
              return form;
            }),
        FailureCode.TEMPLATE_UNKNOWN,
        "debian-11");
  }

  @Test
  void an_unknown_network_is_refused_by_name() {
    refused(onNetwork("lan"), FailureCode.NETWORK_UNKNOWN, "no network 'lan'");
  }

  @Test
  void a_network_of_the_templates_that_the_host_lacks_is_refused_too() {
    bench.version =
        bench.version(
            directory,
            CloneXmlTest.template("bios").replace("network='default'", "network='old-lan'"),
            null,
            Map.of("vda", 20 * GIB));
    refused(command(), FailureCode.NETWORK_UNKNOWN, "old-lan");
  }

  @Test
  void the_wanted_network_is_the_first_interfaces() {
    bench.hypervisor.addNetwork("lan");
    var nic = DomainXml.parse(planned(onNetwork("lan")).domainXml()).devices("interface").get(0);
    assertThat(DomainXml.child(nic, "source").orElseThrow().getAttribute("network"))
        .isEqualTo("lan");
  }

  @Test
  void a_network_for_a_guest_without_an_interface_is_refused() {
    String xml = CloneXmlTest.template("bios").replaceAll("(?s)<interface.*</interface>", "");
    bench.version = bench.version(directory, xml, null, Map.of("vda", 20 * GIB));
    bench.hypervisor.addNetwork("lan");
    refused(onNetwork("lan"), FailureCode.INVALID, "has no network interface");
    assertThat(planned(command()).identity().macs()).isEmpty();
  }

  @Test
  void a_root_disk_grows_and_never_shrinks() {
    refused(ofSize(19), FailureCode.INVALID, "Give 20 or more");
    assertThat(planned(ofSize(20)).disks().get(0).grown()).isFalse();
    assertThat(planned(ofSize(21)).disks().get(0))
        .matches(disk -> disk.grown() && disk.sizeBytes() == 21 * GIB);
  }

  @Test
  void a_size_that_is_no_whole_gib_is_rounded_up_in_the_advice() {
    bench.version =
        bench.version(directory, CloneXmlTest.template("bios"), null, Map.of("vda", 20 * GIB + 1));
    refused(ofSize(20), FailureCode.INVALID, "Give 21 or more");
  }

  @Test
  void a_linked_clone_needs_a_few_mib_beyond_the_reserve() {
    bench.images.freeBytes(GIB + (3 << 20) - 1);
    refused(command(), FailureCode.NO_SPACE, "1024 MiB stay in reserve");
    assertThat(bench.ledger.entries).isEmpty();
    bench.images.freeBytes(GIB + (3 << 20));
    assertThat(planned(command())).isNotNull();
  }

  @Test
  void a_full_clone_needs_what_its_image_takes() {
    bench.images.freeBytes(2 * GIB);
    refused(full("web-07"), FailureCode.NO_SPACE, "it needs 1026 MiB and 6 files");
    bench.images.freeBytes(2 * GIB + (2 << 20));
    assertThat(planned(full("web-07"))).isNotNull();
  }

  @Test
  void room_that_other_clones_are_about_to_fill_is_not_given_twice() {
    bench.images.freeBytes(3 * GIB);
    plan.run(new FakeRun(new UUID(8, 8), full("web-08")));
    refused(
        full("web-07"), FailureCode.NO_SPACE, "1026 MiB and 6 files are promised to other jobs");
    bench.promises.end(new UUID(8, 8));
    assertThat(planned(full("web-07"))).isNotNull();
  }

  @Test
  void a_run_that_must_stop_reserves_nothing() {
    var run = run(command());
    run.stopWith(new Failure(FailureCode.CANCELLED, "cancelled"));
    assertThatThrownBy(() -> plan.run(run)).hasMessageContaining("cancelled");
    assertThat(bench.ledger.entries).isEmpty();
  }

  private ClonePlan planned(Command.Clone command) {
    return (ClonePlan) Objects.requireNonNull(plan.run(run(command)));
  }

  private void refused(Command.Clone command, FailureCode code, String words) {
    assertThatThrownBy(() -> plan.run(run(command)))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(code);
              assertThat(failure.reason()).contains(words);
            });
  }

  private static Command.Clone onNetwork(String network) {
    return command(
        form -> {
          form.network = network;
          return form;
        });
  }

  private static Command.Clone ofSize(int diskGiB) {
    return command(
        form -> {
          form.diskGiB = diskGiB;
          return form;
        });
  }

  private static Command.Clone full(String name) {
    return command(
        form -> {
          form.name = name;
          form.disk = Command.Disk.FULL;
          return form;
        });
  }

  private static Domain domain(String name, UUID uuid) {
    return new Domain(name, uuid, PowerState.OFF, "<domain/>", true);
  }
}
