package id.cetak.audit;

import static id.cetak.audit.Readings.blank;
import static id.cetak.audit.Readings.booted;
import static id.cetak.audit.Readings.bootedClone;
import static id.cetak.audit.Readings.lab;
import static id.cetak.audit.Readings.newClone;
import static id.cetak.audit.Readings.vm;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.hypervisor.GuestIdentities.Seed;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final String SHARED = "0123456789abcdef0123456789abcdef";

  // --- what is no finding ---

  @Test
  void clones_that_never_booted_share_nothing_that_they_do_not_have_yet() {
    assertThat(judge(newClone("a").read(), newClone("b").read(), newClone("c").read())).isEmpty();
  }

  @Test
  void booted_clones_and_other_vms_of_one_disk_may_share_their_file_systems() {
    assertThat(judge(bootedClone("a").read(), newClone("b").read(), vm("golden").read())).isEmpty();
  }

  @Test
  void clone_with_a_full_copy_of_the_sealed_image_is_no_copy_of_it() {
    Vm full = newClone("full").bases().read();
    assertThat(judge(List.of(lab(blank(), full.uuid())), full)).isEmpty();
  }

  @Test
  void clone_whose_ledger_entry_was_lost_is_known_by_its_own_mark() {
    Vm known = newClone("known").bases().notCast().mark(newClone("known").read().uuid()).read();
    assertThat(judge(List.of(lab(blank(), known.uuid())), known)).isEmpty();
    Vm stranger = newClone("known").bases().notCast().read();
    assertThat(judge(List.of(lab(blank(), stranger.uuid())), stranger)).hasSize(1);
  }

  @Test
  void overlay_on_a_sealed_image_is_no_copy_of_it_whoever_made_it() {
    Vm linked = newClone("by-hand").notCast().read();
    assertThat(judge(List.of(lab(blank(), linked.uuid())), linked)).isEmpty();
  }

  @Test
  void what_could_not_be_read_is_no_duplicate_of_what_could_not_be_read() {
    assertThat(judge(vm("a").unread("Locked.").read(), vm("b").unread("Locked.").read())).isEmpty();
  }

  @Test
  void template_that_carries_an_identity_is_no_duplicate_of_a_single_clone() {
    Vm only = newClone("only").guest(booted("only")).read();
    assertThat(judge(List.of(lab(booted("only"))), only)).isEmpty();
  }

  @Test
  void host_name_of_a_first_boot_to_come_is_the_seeds_and_not_the_images() {
    Vm one = newClone("one").hostname("golden").read();
    Vm two = newClone("two").hostname("golden").read();
    assertThat(judge(one, two)).isEmpty();
  }

  @Test
  void seed_that_is_put_into_a_copy_makes_another_instance_of_it() {
    Vm one = bootedClone("one").read();
    Vm two =
        vm("two")
            .guest(booted("one"))
            .machineId(null)
            .sshHostKeys(List.of())
            .seed("/two.iso", new Seed("iid-two", "two"))
            .read();
    assertThat(judge(one, two)).isEmpty();
  }

  @Test
  void fifty_good_clones_on_two_hosts_give_no_finding() {
    List<Vm> vms =
        IntStream.range(0, 50)
            .mapToObj(n -> n % 3 == 0 ? bootedClone("vm-" + n) : newClone("vm-" + n))
            .map(Readings::read)
            .toList();
    assertThat(
            Judge.findings(
                List.of(
                    new HostReading(vms, List.of(lab(blank())), 1),
                    new HostReading(List.of(vm("other").on("hv2").read()), List.of(), 1))))
        .isEmpty();
  }

  // --- addresses, UUIDs, names ---

  @Test
  void address_that_the_ledger_gave_to_another_was_given_by_hand() {
    Vm a = bootedClone("a").read();
    assertFinding(judge(a, vm("b").mac(a).read()), Kind.MAC, "a b")
        .contains("a has the address from Cetak's ledger", "b the same MAC was given by hand");
  }

  @Test
  void address_that_no_ledger_knows_was_given_by_hand_twice() {
    Vm a = vm("a").read();
    assertFinding(judge(a, vm("b").mac(a).read()), Kind.MAC, "a b")
        .contains("The same MAC was given by hand in the definitions of a and b");
  }

  @Test
  void definition_that_bears_the_mark_of_another_was_copied_with_its_addresses() {
    Vm a = bootedClone("a").read();
    assertFinding(judge(a, vm("b").mark(a.uuid()).mac(a).read()), Kind.MAC, "a b")
        .contains("definition of b is a copy of that of a, addresses included");
  }

  @Test
  void vm_on_two_hosts_is_one_finding_about_its_uuid() {
    Vm here = vm("a").read();
    Vm there = vm("a").on("hv2").read();
    List<Finding> findings = judge(here, there);
    assertFinding(findings, Kind.UUID, "a a").contains("migration that left its definition");
    assertThat(findings).hasSize(1);
  }

  @Test
  void uuid_of_another_vm_is_a_copied_definition() {
    Vm a = vm("a").read();
    assertFinding(judge(a, vm("b").on("hv2").uuid(a.uuid()).read()), Kind.UUID, "a b")
        .contains("copied to another host with its UUID");
  }

  @Test
  void name_on_two_hosts_is_a_finding_of_its_own() {
    Vm a = vm("a").read();
    Vm b = vm("b").read();
    Vm other =
        new Vm(
            "hv2",
            new Definition("a", b.uuid(), b.definition().macs(), "x", null, List.of("/b"), null),
            null,
            null,
            List.of(),
            false,
            booted("b"),
            null);
    assertFinding(judge(a, other), Kind.NAME, "a a").contains("Each host keeps its own names");
  }

  // --- what is inside ---

  @Test
  void identity_that_the_sealed_version_carried_is_in_all_of_its_clones() {
    Sealed dirty =
        lab(
            new id.cetak.hypervisor.GuestIdentity(
                null, SHARED, List.of(), null, List.of("fs-of-lab")));
    Vm a = bootedClone("a").machineId(SHARED).read();
    Vm b = newClone("b").machineId(SHARED).read();
    List<Finding> findings = judge(List.of(dirty), a, b);
    assertFinding(findings, Kind.MACHINE_ID, "a b")
        .contains("Template version lab@1 carried a machine-id: all of its clones have it");
    assertThat(findings).hasSize(1);
  }

  @Test
  void clones_of_a_version_that_cannot_be_read_most_likely_have_it_from_there() {
    Vm a = bootedClone("a").sshHostKeys(List.of("SHA256:x", "SHA256:y")).read();
    Vm b = bootedClone("b").sshHostKeys(List.of("SHA256:x", "SHA256:y")).read();
    List<Finding> findings = judge(List.of(lab(null)), a, b);
    assertFinding(findings, Kind.SSH_HOST_KEY, "a b")
        .contains("lab@1, which could not be read: it most likely carried SSH host keys");
    assertThat(findings.get(0).values()).containsExactly("SHA256:x", "SHA256:y");
    assertThat(findings).hasSize(1);
  }

  @Test
  void clones_of_a_clean_version_that_share_an_id_got_it_later() {
    Vm a = bootedClone("a").machineId(SHARED).read();
    Vm b = bootedClone("b").machineId(SHARED).read();
    assertFinding(judge(List.of(lab(blank())), a, b), Kind.MACHINE_ID, "a b")
        .contains("clones of one version that does not carry it");
  }

  @Test
  void overlays_on_an_image_that_was_not_cleaned_have_it_from_there() {
    Vm a = vm("a").bases("/base.qcow2").machineId(SHARED).read();
    Vm b = vm("b").bases("/base.qcow2").machineId(SHARED).read();
    assertFinding(judge(a, b), Kind.MACHINE_ID, "a b")
        .contains("lie on the same image /base.qcow2, which carried a machine-id");
  }

  @Test
  void overlay_that_was_copied_with_all_that_its_vm_wrote_is_told_from_a_dirty_image() {
    Vm a = vm("a").bases("/base.qcow2").read();
    Vm b = vm("b").bases("/base.qcow2").guest(booted("a")).read();
    assertFinding(judge(a, b), Kind.MACHINE_ID, "a b")
        .contains("or the overlay of one is a copy of the other's");
  }

  @Test
  void two_definitions_of_one_disk_are_one_vm_defined_twice() {
    Vm a = vm("a").read();
    Vm b = vm("b").guest(booted("a")).disk("/vms/a.qcow2").read();
    assertFinding(judge(a, b), Kind.MACHINE_ID, "a b")
        .contains("have the disk /vms/a.qcow2 together");
  }

  @Test
  void disk_with_all_that_another_has_inside_is_a_raw_copy_of_it() {
    Vm original = bootedClone("web").read();
    Vm copy = vm("copy").guest(booted("web")).read();
    List<Finding> findings = judge(List.of(lab(blank())), copy, original);
    for (Kind kind : List.of(Kind.MACHINE_ID, Kind.SSH_HOST_KEY, Kind.INSTANCE_ID, Kind.HOSTNAME)) {
      assertFinding(findings, kind, "copy web").contains("A raw copy: copy has the disk of web");
    }
    assertThat(findings).hasSize(4);
  }

  @Test
  void disk_and_definition_of_another_are_virt_clone_without_sysprep() {
    Vm original = vm("pet").shape("pc").read();
    Vm copy = vm("pet-clone").shape("pc").guest(booted("pet")).read();
    assertFinding(judge(copy, original), Kind.SSH_HOST_KEY, "pet pet-clone")
        .contains("virt-clone without sysprep: pet-clone has disk and definition of pet");
  }

  @Test
  void copy_of_a_clone_that_bears_its_mark_is_virt_clone_without_sysprep() {
    Vm original = bootedClone("web").read();
    Vm copy =
        vm("other")
            .mark(original.uuid())
            .guest(booted("web"))
            .seed("/clones/web/seed.iso", new Seed(original.uuid().toString(), "web"))
            .read();
    List<Finding> findings = judge(original, copy);
    assertFinding(findings, Kind.MACHINE_ID, "other web").contains("virt-clone without sysprep");
    assertFinding(findings, Kind.INSTANCE_ID, "other web")
        .contains("The definition of other names the seed of web");
  }

  @Test
  void raw_copy_and_virt_clone_of_one_vm_are_told_apart_in_one_finding() {
    Vm original = vm("pet").shape("pc").read();
    Vm cloned = vm("pet-clone").shape("pc").guest(booted("pet")).read();
    Vm raw = vm("raw").guest(booted("pet")).read();
    assertFinding(judge(original, cloned, raw), Kind.MACHINE_ID, "pet pet-clone raw")
        .contains(
            "virt-clone without sysprep: pet-clone has", "A raw copy: raw has the disk of pet");
  }

  @Test
  void copies_that_were_cleaned_in_part_are_told_as_such() {
    Vm a = vm("a").machineId(SHARED).read();
    Vm b = vm("b").machineId(SHARED).read();
    assertFinding(judge(a, b), Kind.MACHINE_ID, "a b")
        .contains("cleaned in part", "virt-sysprep's default run leaves a machine-id");
  }

  @Test
  void keys_on_disks_that_have_nothing_in_common_were_handed_out() {
    Vm a = vm("a").sshHostKeys(List.of("SHA256:x")).fileSystems("1").read();
    Vm b = vm("b").sshHostKeys(List.of("SHA256:x")).fileSystems("2").read();
    assertFinding(judge(a, b), Kind.SSH_HOST_KEY, "a b").contains("the keys were handed out");
  }

  @Test
  void instance_id_of_anothers_seed_was_copied_or_written() {
    Vm a = newClone("a").read();
    Vm b = vm("b").seed("/b.iso", new Seed(a.uuid().toString(), "b")).read();
    assertFinding(judge(a, b), Kind.INSTANCE_ID, "a b")
        .contains("The seed of b was given the instance-id of that of a");
  }

  @Test
  void host_name_that_both_commands_asked_for_is_told_as_such() {
    Vm a = bootedClone("a").cast("lab", 1, "www").hostname("www").read();
    Vm b = bootedClone("b").cast("lab", 1, "www").hostname("WWW").read();
    assertFinding(judge(a, b), Kind.HOSTNAME, "a b")
        .isEqualTo("The commands that made them asked for the same host name.");
  }

  @Test
  void host_name_that_was_given_by_hand_is_told_as_such() {
    Vm a = bootedClone("a").read();
    assertFinding(judge(a, vm("b").hostname("a").read()), Kind.HOSTNAME, "a b")
        .contains("given the same host name by hand");
  }

  // --- copies of sealed images ---

  @Test
  void domain_with_the_bytes_of_a_sealed_image_is_a_copy_of_it() {
    Vm copy = vm("copy").guest(blank()).read();
    List<Finding> findings = judge(List.of(lab(blank(), copy.uuid())), copy, newClone("a").read());
    assertFinding(findings, Kind.SEALED_IMAGE_COPY, "copy")
        .contains("A copy of the sealed image lab@1 is a disk of copy");
    assertThat(findings).hasSize(1);
  }

  @Test
  void domain_that_has_the_sealed_image_itself_for_a_disk_is_told_so() {
    Vm thief = vm("thief").disk(Readings.SEALED).guest(blank()).read();
    assertFinding(
            judge(List.of(lab(blank(), thief.uuid())), thief), Kind.SEALED_IMAGE_COPY, "thief")
        .contains("The sealed image lab@1 itself is a disk of thief");
  }

  @Test
  void copy_on_another_host_is_known_by_its_file_systems_until_it_boots() {
    Vm copy = vm("copy").on("hv2").guest(blank()).read();
    assertFinding(judge(List.of(lab(blank())), copy), Kind.SEALED_IMAGE_COPY, "copy")
        .contains("probably a copy of it, brought here from host hv1");
    assertThat(judge(List.of(lab(blank())), vm("copy").on("hv2").read())).isEmpty();
    assertThat(judge(List.of(lab(blank())), vm("cleaned").guest(blank()).read())).isEmpty();
  }

  // --- the event ---

  @Test
  void event_names_what_was_not_read_and_bounds_what_it_lists() {
    List<Vm> vms =
        Stream.concat(
                IntStream.range(0, 150)
                    .mapToObj(n -> bootedClone("vm-" + n).machineId(SHARED).read()),
                Stream.of(vm("locked").unread("Its disk is encrypted.").read()))
            .toList();
    Map<String, Object> data =
        Summary.of(List.of(new HostReading(vms, List.of(lab(blank())), 3020)));
    assertThat(data)
        .containsEntry("vms", 151)
        .containsEntry("vmsRead", 150)
        .containsEntry("millisPerVm", 20L);
    assertThat(String.valueOf(data.get("vmsUnread"))).contains("locked", "Its disk is encrypted.");
    JsonNode findings = new ObjectMapper().valueToTree(data).get("findings");
    assertThat(findings).hasSize(1);
    JsonNode finding = findings.get(0);
    assertThat(finding.get("vmCount").asInt()).isEqualTo(150);
    assertThat(finding.get("vms")).hasSize(100);
    assertThat(finding.get("cause").asText()).hasSizeLessThan(500);
  }

  @Test
  void report_of_a_host_survives_its_journal() throws Exception {
    var json = new ObjectMapper();
    var report =
        new HostReading(
            List.of(bootedClone("a").read(), vm("b").unread("Locked.").read()),
            List.of(lab(blank())),
            7);
    assertThat(json.readValue(json.writeValueAsString(report), HostReading.class))
        .isEqualTo(report);
  }

  private static List<Finding> judge(Vm... vms) {
    return judge(List.of(), vms);
  }

  private static List<Finding> judge(List<Sealed> versions, Vm... vms) {
    return Judge.findings(List.of(new HostReading(List.of(vms), versions, 0)));
  }

  /** The cause of the one finding of this kind. */
  private static org.assertj.core.api.AbstractStringAssert<?> assertFinding(
      List<Finding> findings, Kind kind, String names) {
    List<Finding> ofKind = findings.stream().filter(f -> f.kind() == kind).toList();
    assertThat(ofKind).as(findings.toString()).hasSize(1);
    assertThat(String.join(" ", ofKind.get(0).vms().stream().map(Vm::name).sorted().toList()))
        .isEqualTo(names);
    return assertThat(ofKind.get(0).cause());
  }
}
