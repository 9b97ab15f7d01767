package id.cetak.reconcile;

import static id.cetak.reconcile.DifferenceKind.BACKING_DIFFERS;
import static id.cetak.reconcile.DifferenceKind.DIGEST_DIFFERS;
import static id.cetak.reconcile.DifferenceKind.DISK_MISSING;
import static id.cetak.reconcile.DifferenceKind.DISK_UNREADABLE;
import static id.cetak.reconcile.DifferenceKind.DOMAIN_LEFT_OVER;
import static id.cetak.reconcile.DifferenceKind.DOMAIN_ON_OTHER_HOST;
import static id.cetak.reconcile.DifferenceKind.DOMAIN_RENAMED;
import static id.cetak.reconcile.DifferenceKind.DOMAIN_WITHOUT_ENTRY;
import static id.cetak.reconcile.DifferenceKind.FOLDER_LEFT_OVER;
import static id.cetak.reconcile.DifferenceKind.FOLDER_WITHOUT_OWNER;
import static id.cetak.reconcile.DifferenceKind.IMAGES_WITHOUT_VERSION;
import static id.cetak.reconcile.DifferenceKind.MAC_CHANGED;
import static id.cetak.reconcile.DifferenceKind.METADATA_COPIED;
import static id.cetak.reconcile.DifferenceKind.METADATA_DIFFERS;
import static id.cetak.reconcile.DifferenceKind.METADATA_MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.clone.CloneState;
import id.cetak.clone.ClonesOnHosts.Entry;
import id.cetak.clone.Lineage;
import id.cetak.command.Command.Disk;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeImages;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import id.cetak.job.EndedJobs;
import id.cetak.job.LiveJobs;
import id.cetak.template.HostVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is a difference between a host and the database, and what is none. */
class ComparisonTest {
  private static final String HOST = "hv1";
  private static final UUID ID = new UUID(1, 7);
  private static final String MAC = "52:54:00:00:00:07";
  private static final UUID DELETED = new UUID(6, 1);
  private static final UUID FAILED = new UUID(6, 2);
  private static final Set<UUID> UNDONE = Set.of(FAILED);
  private static final Set<UUID> ENDED = Set.of(ID, DELETED, FAILED);
  private static final LiveJobs.Held NOTHING = new LiveJobs.Held(Set.of(), Set.of(), Set.of());

  private final Path images;
  private final Lineage lineage = lineage(Disk.LINKED);
  private final Entry entry = entry(lineage, HOST, CloneState.READY);

  ComparisonTest(@TempDir Path images) {
    this.images = images;
  }

  @Test
  void a_clone_that_is_as_the_ledger_says_is_no_difference() {
    assertThat(compare(settled(entry), domain("web-07", lineage.text(), MAC))).isEmpty();
  }

  @Test
  void a_domain_that_cetak_did_not_make_is_nobodys_business() {
    assertThat(compare(settled(), domain("other", "", "52:54:00:99:99:99"))).isEmpty();
  }

  @Test
  void a_clone_without_an_entry_is_found_by_its_own_word() {
    assertThat(compare(settled(), domain("web-07", lineage.text(), MAC)))
        .containsExactly(DOMAIN_WITHOUT_ENTRY);
  }

  @Test
  void what_a_job_has_in_hands_is_never_a_difference() {
    var domain = domain("web-07", lineage.text(), MAC);
    for (LiveJobs.Held held :
        List.of(
            new LiveJobs.Held(Set.of(ID), Set.of(), Set.of()),
            new LiveJobs.Held(Set.of(), Set.of("web-07"), Set.of()))) {
      assertThat(compare(settled(books(held), books(NOTHING)), domain))
          .as("held before the look")
          .isEmpty();
      assertThat(compare(settled(books(NOTHING), books(held)), domain))
          .as("held after the look")
          .isEmpty();
      assertThat(compare(settled(books(held, entry), books(held, entry)), domain("x", "", "y")))
          .as("an entry in a job's hands")
          .isEmpty();
    }
  }

  @Test
  void an_entry_that_came_went_or_changed_during_the_look_is_not_judged() {
    var stripped = domain("web-07", "", MAC);
    var deleting = entry(lineage, HOST, CloneState.DELETING);
    for (Settled settled :
        List.of(
            settled(books(NOTHING), books(NOTHING, entry)),
            settled(books(NOTHING, entry), books(NOTHING)),
            settled(books(NOTHING, entry), books(NOTHING, deleting)),
            settled(books(NOTHING, deleting), books(NOTHING, deleting)))) {
      assertThat(compare(settled, stripped)).isEmpty();
      assertThat(compare(settled, domain("web-07", lineage.text(), MAC))).isEmpty();
      assertThat(settled.clonesHere()).isEmpty();
    }
  }

  @Test
  void a_domain_whose_entry_names_another_host_is_found() {
    Entry elsewhere = entry(lineage, "hv2", CloneState.READY);
    assertThat(
            compare(
                settled(books(NOTHING), books(NOTHING, elsewhere)),
                domain("web-07", lineage.text(), MAC)))
        .containsExactly(DOMAIN_ON_OTHER_HOST);
  }

  @Test
  void a_copied_domain_is_told_from_its_original() {
    UUID copy = new UUID(2, 2);
    assertThat(compare(settled(entry), domain(copy, "copy", lineage.text(), MAC)))
        .containsExactly(METADATA_COPIED);
  }

  @Test
  void stripped_old_and_contradicting_metadata_are_found() {
    assertThat(compare(settled(entry), domain("web-07", "", MAC)))
        .containsExactly(METADATA_MISSING);
    String old =
        "<c:clone xmlns:c='urn:cetak:domain:1' id='%s' template='debian-12' version='3'"
            + " fence='1'/>";
    assertThat(compare(settled(entry), domain("web-07", old.formatted(ID), MAC)))
        .containsExactly(METADATA_DIFFERS);
    String wrong = lineage.text().replace("version=\"3\"", "version=\"4\"");
    assertThat(found(settled(entry), domain("web-07", wrong, MAC)))
        .singleElement()
        .satisfies(difference -> assertThat(difference.kind()).isEqualTo(METADATA_DIFFERS))
        .satisfies(
            difference -> assertThat(difference.meaning()).contains("version is 4 instead of 3"));
  }

  @Test
  void what_the_database_has_forgotten_is_not_held_against_the_domain() {
    Lineage known =
        new Lineage(
            ID,
            "debian-12",
            9,
            "e".repeat(64),
            2,
            "order",
            "batch",
            Disk.LINKED,
            "web-07",
            ID.toString(),
            List.of(MAC),
            Map.of());
    Lineage forgotten =
        new Lineage(
            ID,
            "debian-12",
            9,
            null,
            0,
            null,
            null,
            Disk.LINKED,
            "web-07",
            ID.toString(),
            List.of(MAC),
            Map.of());
    Entry entry = entry(forgotten, HOST, CloneState.READY);
    assertThat(compare(settled(entry), domain("web-07", known.text(), MAC))).isEmpty();
    assertThat(forgotten.completedBy(java.util.Optional.of(known))).isEqualTo(known);
  }

  @Test
  void a_number_that_stands_for_two_images_is_found() {
    String other = lineage.text().replace("d".repeat(64), "e".repeat(64));
    assertThat(compare(settled(entry), domain("web-07", other, MAC)))
        .containsExactly(DIGEST_DIFFERS);
  }

  @Test
  void renamed_domains_and_changed_addresses_are_found() {
    assertThat(compare(settled(entry), domain("renamed", lineage.text(), MAC)))
        .containsExactly(DOMAIN_RENAMED);
    assertThat(compare(settled(entry), domain("web-07", lineage.text(), "52:54:00:0A:00:07")))
        .containsExactly(MAC_CHANGED);
    assertThat(compare(settled(), domain("web-07", lineage.text(), "52:54:00:0a:00:07")))
        .containsExactly(DOMAIN_WITHOUT_ENTRY, MAC_CHANGED);
  }

  @Test
  void disks_are_compared_with_the_version_through_snapshots_too() {
    FakeImages files = new FakeImages();
    Path sealed = version().path(version().files().get(0));
    files.put(sealed, "qcow2", 1 << 20, 1 << 10);
    Path disk = images.resolve("clones").resolve(ID.toString()).resolve("disk-0.qcow2");
    var domain = onDisk(disk);
    assertThat(disks(files, domain, Disk.LINKED)).containsExactly(DISK_MISSING);
    files.overlay(disk, sealed, "qcow2", 0, StopSignal.NEVER);
    assertThat(disks(files, domain, Disk.LINKED)).isEmpty();
    assertThat(disks(files, domain, Disk.FULL)).containsExactly(BACKING_DIFFERS);
    Path snapshot = disk.resolveSibling("disk-0.snap");
    files.overlay(snapshot, disk, "qcow2", 0, StopSignal.NEVER);
    assertThat(disks(files, onDisk(snapshot), Disk.LINKED)).isEmpty();
    files.put(disk, "qcow2", 1 << 20, 1 << 10);
    assertThat(disks(files, domain, Disk.FULL)).isEmpty();
    assertThat(disks(files, domain, Disk.LINKED)).containsExactly(BACKING_DIFFERS);
    files.put(disk, "raw", 1 << 20, 1 << 10);
    assertThat(disks(files, domain, Disk.LINKED)).containsExactly(DISK_UNREADABLE);
    Path stranger = images.resolve("stranger.qcow2");
    files.put(stranger, "qcow2", 1 << 20, 1 << 10);
    Path wrong = disk.resolveSibling("wrong.qcow2");
    files.overlay(wrong, stranger, "qcow2", 0, StopSignal.NEVER);
    assertThat(disks(files, onDisk(wrong), Disk.LINKED)).containsExactly(BACKING_DIFFERS);
  }

  @Test
  void only_folders_that_nobody_owns_are_found() {
    UUID orphan = new UUID(5, 1);
    UUID making = new UUID(5, 2);
    UUID sealing = new UUID(5, 3);
    UUID unknown = new UUID(5, 4);
    UUID canary = UUID.fromString("00000000-0000-4000-8000-000000000000");
    var held = new LiveJobs.Held(Set.of(making, sealing), Set.of(), Set.of());
    Settled settled = settled(books(NOTHING, entry), books(held, entry));
    World world =
        new World(
            List.of(),
            Set.of(orphan, making, ID),
            Set.of(orphan, sealing),
            Set.of(unknown, sealing, canary, version().id()));
    assertThat(new FolderComparison(settled, images).of(world))
        .extracting(difference -> difference.kind() + " " + difference.name())
        .containsExactlyInAnyOrder(
            FOLDER_WITHOUT_OWNER + " clones/" + orphan,
            FOLDER_WITHOUT_OWNER + " work/" + orphan,
            IMAGES_WITHOUT_VERSION + " sealed/" + unknown);
  }

  @Test
  void files_of_jobs_that_have_ended_are_left_over_unless_somebody_owns_them() {
    Settled settled = settled(books(NOTHING, entry), books(NOTHING, entry));
    World world =
        new World(
            List.of(), Set.of(DELETED, FAILED, ID), Set.of(FAILED, version().id()), Set.of(FAILED));
    assertThat(new FolderComparison(settled, images).of(world))
        .extracting(difference -> difference.kind() + " " + difference.name())
        .containsExactlyInAnyOrder(
            FOLDER_LEFT_OVER + " clones/" + DELETED,
            FOLDER_LEFT_OVER + " clones/" + FAILED,
            FOLDER_LEFT_OVER + " work/" + FAILED,
            IMAGES_WITHOUT_VERSION + " sealed/" + FAILED);
  }

  @Test
  void the_domain_of_a_clone_that_failed_is_left_over_and_no_lost_entry() {
    String own = lineage.text().replace(ID.toString(), FAILED.toString());
    assertThat(compare(settled(), domain(FAILED, "late", own, MAC)))
        .containsExactly(DOMAIN_LEFT_OVER);
    var taken = new LiveJobs.Held(Set.of(), Set.of("late"), Set.of());
    assertThat(compare(settled(books(taken), books(taken)), domain(FAILED, "late", own, MAC)))
        .as("another job has the name in hands")
        .isEmpty();
    assertThat(compare(settled(), domain(FAILED, "copy", lineage.text(), MAC)))
        .as("a domain with the UUID, but another clone's metadata")
        .containsExactly(METADATA_COPIED);
  }

  @Test
  void each_of_two_thousand_clones_is_compared_with_its_own_entry() {
    Entry[] entries = new Entry[2_000];
    Domain[] domains = new Domain[entries.length];
    for (int n = 0; n < entries.length; n++) {
      Lineage own =
          new Lineage(
              new UUID(9, n),
              "debian-12",
              3,
              "d".repeat(64),
              1,
              "order",
              null,
              Disk.LINKED,
              "web-" + n,
              new UUID(9, n).toString(),
              List.of(MAC),
              Map.of());
      entries[n] = new Entry("web-" + n, HOST, CloneState.READY, own);
      domains[n] = domain(own.id(), "web-" + n, own.text(), MAC);
    }
    Settled settled = settled(entries);
    for (Domain domain : domains) {
      assertThat(found(settled, domain)).isEmpty();
    }
  }

  private static List<DifferenceKind> compare(Settled settled, Domain domain) {
    return found(settled, domain).stream().map(Difference::kind).toList();
  }

  private static List<Difference> found(Settled settled, Domain domain) {
    return new DomainComparison(settled).of(domain, DomainXml.parse(domain.xml()));
  }

  private List<DifferenceKind> disks(FakeImages files, Domain domain, Disk disk) {
    return new DiskComparison(files, List.of(version()), StopSignal.NEVER)
        .of(domain, DomainXml.parse(domain.xml()), lineage(disk)).stream()
            .map(Difference::kind)
            .toList();
  }

  private Settled settled(Entry... entries) {
    return settled(books(NOTHING, entries), books(NOTHING, entries));
  }

  private static Settled settled(Books before, Books after) {
    return new Settled(before, after, HOST);
  }

  private Books books(LiveJobs.Held held, Entry... entries) {
    return new Books(
        Stream.of(entries).collect(Collectors.toMap(Entry::id, entry -> entry)),
        Map.of(version().id(), version()),
        new EndedJobs.Ended(ENDED, UNDONE),
        held);
  }

  private HostVersion version() {
    Path folder = images.resolve("sealed/3");
    return new HostVersion(
        new UUID(3, 3),
        "debian-12@3",
        "debian-12",
        3,
        HOST,
        true,
        folder,
        List.of(new HostVersion.File("disk-0.qcow2", "d".repeat(64), "1:1:1:1")));
  }

  private static Entry entry(Lineage lineage, String host, CloneState state) {
    return new Entry("web-07", host, state, lineage);
  }

  private static Lineage lineage(Disk disk) {
    return new Lineage(
        ID,
        "debian-12",
        3,
        "d".repeat(64),
        1,
        "order-4711",
        null,
        disk,
        "web-07",
        ID.toString(),
        List.of(MAC),
        Map.of("course", "ops"));
  }

  private static Domain domain(String name, String metadata, String mac) {
    return domain(ID, name, metadata, mac);
  }

  private static Domain domain(UUID id, String name, String metadata, String mac) {
    String xml =
        "<domain type='kvm'><name>%s</name><uuid>%s</uuid><metadata>%s</metadata><devices><interface type='user'><mac address='%s'/></interface></devices></domain>"
            .formatted(name, id, metadata, mac);
    return new Domain(name, id, PowerState.OFF, xml, true);
  }

  private static Domain onDisk(Path disk) {
    String xml =
        "<domain type='kvm'><name>web-07</name><uuid>%s</uuid><devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda'/></disk></devices></domain>"
            .formatted(ID, disk);
    return new Domain("web-07", ID, PowerState.OFF, xml, true);
  }
}
