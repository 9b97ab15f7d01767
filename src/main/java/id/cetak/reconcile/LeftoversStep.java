package id.cetak.reconcile;

import id.cetak.app.CetakConfig;
import id.cetak.clone.CloneFiles;
import id.cetak.clone.Lineage;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Removes what jobs that have ended left behind: their folders, and the domains of clones that
 * failed. Each is named by its job's id, which only that job has ever used. A domain that somebody
 * started is left for a person.
 */
@ApplicationScoped
class LeftoversStep implements Step {
  static final String NAME = "leftovers";

  private final Mending mending;
  private final BookReader books;
  private final Hypervisor hypervisor;
  private final Images images;
  private final Path directory;

  LeftoversStep(
      Mending mending, BookReader books, Hypervisor hypervisor, Images images, CetakConfig config) {
    this.mending = mending;
    this.books = books;
    this.hypervisor = hypervisor;
    this.images = images;
    this.directory = config.images().directory().toAbsolutePath();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Mended run(Run run) {
    return mending.each(
        run,
        EnumSet.of(DifferenceKind.DOMAIN_LEFT_OVER, DifferenceKind.FOLDER_LEFT_OVER),
        difference ->
            difference.kind() == DifferenceKind.DOMAIN_LEFT_OVER
                ? withoutDomain(difference)
                : withoutFolder(difference));
  }

  /** Rubbish is not brought back. */
  @Override
  public void undo(Run run) {}

  private Difference withoutDomain(Difference difference) {
    UUID id = difference.id();
    Optional<Domain> domain = hypervisor.find(id);
    if (domain.isEmpty()) {
      return difference.kept("The domain is gone by now.");
    }
    boolean own =
        Lineage.idOf(DomainXml.parse(domain.get().xml())).filter(id::equals).isPresent()
            && books.isUndone(id)
            && books.clone(id).isEmpty();
    if (!own) {
      return difference.kept("It is no left-over any more. Look at it before it is removed.");
    }
    if (domain.get().state() != PowerState.OFF) {
      return difference.kept(
          "It runs: somebody may use it. Shut it down, and send reconcile with repair again.");
    }
    Path folder = CloneFiles.of(directory, id).folder();
    Optional<Domain> user = usersOf(folder).filter(other -> !other.uuid().equals(id)).findFirst();
    if (user.isPresent()) {
      return isUsed(difference, user.get());
    }
    hypervisor.undefine(id);
    return hypervisor.exists(id)
        ? difference.kept("It was undefined, but libvirt still knows it. Look at its log.")
        : withoutFiles(difference, folder);
  }

  private Difference withoutFolder(Difference difference) {
    UUID id = difference.id();
    if (!books.isEnded(id) || books.clone(id).isPresent()) {
      return difference.kept("Somebody owns it by now.");
    }
    // The name is of this package's own making: 'clones' or 'work', and an id.
    Path folder = directory.resolve(difference.name());
    return usersOf(folder)
        .findFirst()
        .map(user -> isUsed(difference, user))
        .orElseGet(() -> withoutFiles(difference, folder));
  }

  private Difference withoutFiles(Difference difference, Path folder) {
    images.remove(folder);
    return Files.exists(folder)
        ? difference.kept("It was removed, but is there again. Look who writes to it.")
        : difference.mended();
  }

  private Stream<Domain> usersOf(Path folder) {
    return hypervisor.domains().stream().filter(domain -> uses(domain, folder));
  }

  private static Difference isUsed(Difference difference, Domain user) {
    return difference.kept("Domain %s has a disk in its folder.".formatted(user.name()));
  }

  private static boolean uses(Domain domain, Path folder) {
    return DomainXml.parse(domain.xml()).disks().stream()
        .map(DomainDisk::file)
        .anyMatch(file -> file != null && file.startsWith(folder));
  }
}
