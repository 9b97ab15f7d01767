package id.cetak.reconcile;

import id.cetak.app.CetakConfig;
import id.cetak.clone.ClonesOnHosts.Entry;
import id.cetak.clone.Lineage;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads the whole host and compares it with the database. The database is read before and after, so
 * that what jobs do meanwhile is not taken for a difference; and whatever differs is looked at once
 * more at the end.
 */
@ApplicationScoped
class LookStep implements Step {
  private final BookReader books;
  private final Hypervisor hypervisor;
  private final Images images;
  private final VersionComparison versions;
  private final Path directory;

  LookStep(
      BookReader books,
      Hypervisor hypervisor,
      Images images,
      VersionComparison versions,
      CetakConfig config) {
    this.books = books;
    this.hypervisor = hypervisor;
    this.images = images;
    this.versions = versions;
    this.directory = config.images().directory().toAbsolutePath();
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public Findings run(Run run) {
    Books before = books.read(Set.of());
    World world = world();
    run.check();
    Settled settled = new Settled(before, books.read(world.ids()), books.host());
    List<Difference> found = new ArrayList<>(domains(world, settled, run));
    found.addAll(missingDomains(world, settled));
    found.addAll(new FolderComparison(settled, directory).of(world));
    settled.versionsHere().forEach(version -> versions.of(version).ifPresent(found::add));
    if (!found.isEmpty()) {
      // Files were looked at after the second reading: what a job began since is in the third.
      Settled last = new Settled(before, books.read(world.ids()), books.host());
      found.removeIf(difference -> !holds(difference, last));
    }
    return new Findings(
        world.domains().size(), settled.clonesHere().size(), settled.versionsHere().size(), found);
  }

  /** The folders come first: a folder is there before its domain, and goes after it. */
  private World world() {
    Set<UUID> clones = Folders.idsIn(directory.resolve("clones"));
    Set<UUID> work = Folders.idsIn(directory.resolve("work"));
    Set<UUID> sealed = Folders.idsIn(directory.resolve("sealed"));
    return new World(hypervisor.domains(), clones, work, sealed);
  }

  private List<Difference> domains(World world, Settled settled, Run run) {
    DomainComparison domains = new DomainComparison(settled);
    DiskComparison disks = new DiskComparison(images, settled.versions(), run);
    List<Difference> found = new ArrayList<>();
    for (Domain domain : world.domains()) {
      DomainXml xml = DomainXml.parse(domain.xml());
      found.addAll(domains.of(domain, xml));
      Optional<Lineage> clone = domains.cloneOf(domain, xml);
      if (clone.isPresent()) {
        found.addAll(disks.of(domain, xml, clone.get()));
      }
    }
    return found;
  }

  private List<Difference> missingDomains(World world, Settled settled) {
    Set<UUID> domains = new HashSet<>();
    world.domains().forEach(domain -> domains.add(domain.uuid()));
    return settled.clonesHere().stream()
        .filter(entry -> !domains.contains(entry.id()))
        .map(entry -> withoutDomain(entry, world.clones().contains(entry.id())))
        .toList();
  }

  private Difference withoutDomain(Entry entry, boolean hasFiles) {
    return Difference.of(
        DifferenceKind.CLONE_WITHOUT_DOMAIN,
        entry.name(),
        entry.id(),
        "Clone %s is in the ledger, but libvirt has no domain of its UUID: it was undefined behind Cetak's back. Its files %s."
            .formatted(
                entry.name(),
                hasFiles
                    ? "are in " + directory.resolve("clones").resolve(entry.id().toString())
                    : "are gone too"));
  }

  /** What went or came while everything else was compared is no difference. */
  private boolean holds(Difference difference, Settled last) {
    return switch (difference.kind()) {
      case CLONE_WITHOUT_DOMAIN -> !hypervisor.exists(difference.id());
      case DOMAIN_WITHOUT_ENTRY, METADATA_COPIED, DOMAIN_ON_OTHER_HOST, DOMAIN_LEFT_OVER ->
          hypervisor.exists(difference.id());
      case FOLDER_WITHOUT_OWNER, FOLDER_LEFT_OVER, IMAGES_WITHOUT_VERSION ->
          Files.exists(directory.resolve(difference.name()));
      case METADATA_MISSING,
          METADATA_DIFFERS,
          DIGEST_DIFFERS,
          DOMAIN_RENAMED,
          MAC_CHANGED,
          DISK_MISSING,
          BACKING_DIFFERS,
          DISK_UNREADABLE ->
          last.here(difference.id()).isPresent()
              || last.isNobodys(difference.id(), difference.name());
      case IMAGES_MISSING, BARRIER_BROKEN ->
          last.versionsHere().stream().anyMatch(version -> version.id().equals(difference.id()));
    };
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
