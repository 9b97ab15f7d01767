package id.cetak.reconcile;

import id.cetak.clone.Lineage;
import id.cetak.command.Command.Disk;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import id.cetak.template.HostVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares a clone's files with what the ledger says of its disks; reads headers only. */
final class DiskComparison {
  /** A person can have put snapshots between the clone's image and its version. */
  private static final int LONGEST_CHAIN = 32;

  private final Images images;
  private final Map<Path, HostVersion> sealed = new HashMap<>();
  private final StopSignal stop;

  DiskComparison(Images images, Collection<HostVersion> versions, StopSignal stop) {
    this.images = images;
    this.stop = stop;
    for (HostVersion version : versions) {
      version.files().forEach(file -> sealed.put(version.path(file), version));
    }
  }

  List<Difference> of(Domain domain, DomainXml xml, Lineage clone) {
    List<Difference> found = new ArrayList<>();
    for (DomainDisk disk : xml.disks()) {
      Path file = disk.file();
      if (file == null) {
        continue;
      }
      if (!Files.exists(file)) {
        found.add(
            of(
                DifferenceKind.DISK_MISSING,
                domain,
                "Disk %s of %s is not there: %s.".formatted(disk.target(), domain.name(), file)));
      } else if (disk.isOwnDisk() && disk.format().equals("qcow2")) {
        compare(domain, file, clone).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Difference> compare(Domain domain, Path file, Lineage clone) {
    Path backing;
    try {
      backing = below(file);
    } catch (Failure unreadable) {
      return Optional.of(of(DifferenceKind.DISK_UNREADABLE, domain, unreadable.reason()));
    }
    String wrong = clone.disk() == Disk.FULL ? wrongBelowFull(backing) : wrongBelow(backing, clone);
    return Optional.ofNullable(wrong)
        .map(
            why ->
                of(
                    DifferenceKind.BACKING_DIFFERS,
                    domain,
                    "Image %s of %s %s.".formatted(file, domain.name(), why)));
  }

  /** The first image of the chain that does not lie in the same folder. */
  private @Nullable Path below(Path file) {
    Path image = file;
    for (int length = 0; length < LONGEST_CHAIN; length++) {
      ImageFacts facts = images.inspect(image, "qcow2", stop);
      Path backing = facts.backingFile();
      if (backing == null
          || !backing.startsWith(file.resolveSibling(""))
          || !Files.exists(backing)
          || !"qcow2".equals(facts.backingFormat())) {
        return backing;
      }
      image = backing;
    }
    return image;
  }

  private static @Nullable String wrongBelowFull(@Nullable Path backing) {
    return backing == null
        ? null
        : "lies on " + backing + ", although the clone is a full copy by the ledger";
  }

  private @Nullable String wrongBelow(@Nullable Path backing, Lineage clone) {
    if (backing == null) {
      return "stands alone, although the clone is a linked one by the ledger";
    }
    String wanted = clone.template() + "@" + clone.version();
    HostVersion version = sealed.get(backing);
    if (version == null) {
      return "lies on %s, which is no file of a known version; it should lie on %s"
          .formatted(backing, wanted);
    }
    return version.label().equals(wanted)
        ? null
        : "lies on %s, not on %s".formatted(version.label(), wanted);
  }

  private static Difference of(DifferenceKind kind, Domain domain, String meaning) {
    return Difference.of(kind, domain.name(), domain.uuid(), meaning);
  }
}
