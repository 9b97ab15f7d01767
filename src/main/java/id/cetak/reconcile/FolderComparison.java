package id.cetak.reconcile;

import id.cetak.hypervisor.Domain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Looks for folders that nobody owns. */
final class FolderComparison {
  /** The barrier's own, which is no version. */
  private static final UUID CANARY = UUID.fromString("00000000-0000-4000-8000-000000000000");

  private final Settled settled;
  private final Path images;

  FolderComparison(Settled settled, Path images) {
    this.settled = settled;
    this.images = images;
  }

  List<Difference> of(World world) {
    List<Difference> found = new ArrayList<>();
    Set<UUID> domains = world.domains().stream().map(Domain::uuid).collect(Collectors.toSet());
    world.clones().stream()
        .filter(id -> settled.isNobodys(id, "") && !domains.contains(id))
        .forEach(
            id ->
                found.add(
                    unowned(
                        "clones",
                        id,
                        "no clone of the fleet has it, no domain here has its id, and no job makes"
                            + " it")));
    world.work().stream()
        .filter(id -> settled.isNobodys(id, "") && settled.isNoVersion(id))
        .forEach(id -> found.add(unowned("work", id, "no job works in it any more")));
    world.sealed().stream()
        .filter(id -> !id.equals(CANARY) && settled.isNoVersion(id))
        .forEach(
            id ->
                found.add(
                    Difference.of(
                        DifferenceKind.IMAGES_WITHOUT_VERSION,
                        "sealed/" + id,
                        id,
                        "Folder %s holds images, but the database knows no such version: nothing can be cast from it, and nothing keeps it from being removed."
                            .formatted(images.resolve("sealed").resolve(id.toString())))));
    return found;
  }

  private Difference unowned(String parent, UUID id, String why) {
    boolean leftOver = settled.isOfEnded(id);
    return Difference.of(
        leftOver ? DifferenceKind.FOLDER_LEFT_OVER : DifferenceKind.FOLDER_WITHOUT_OWNER,
        parent + "/" + id,
        id,
        "Folder %s: %s%s."
            .formatted(
                images.resolve(parent).resolve(id.toString()),
                why,
                leftOver ? "; the job that made it has ended" : ""));
  }
}
