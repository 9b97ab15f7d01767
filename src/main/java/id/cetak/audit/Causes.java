package id.cetak.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says why several VMs share something. Each cause is claimed on evidence only, and the strongest
 * evidence is asked first: what a sealed version carries, what image the disks lie on, which disk
 * or definition is a copy of which, what the commands asked for.
 */
final class Causes {
  private final List<Sealed> versions;

  Causes(List<Sealed> versions) {
    this.versions = versions;
  }

  /** The likely cause, as a sentence or several. */
  String of(Kind kind, List<String> values, List<Vm> vms) {
    return switch (kind) {
      case UUID -> uuid(vms);
      case NAME ->
          "Each host keeps its own names, and nobody looked at the other hosts before giving this"
              + " one.";
      case MAC -> mac(values, vms);
      case MACHINE_ID, SSH_HOST_KEY, INSTANCE_ID, HOSTNAME -> inside(kind, values, vms);
      case SEALED_IMAGE_COPY -> throw new IllegalArgumentException("one VM is no duplicate");
    };
  }

  /** Of a domain whose disk is a copy of a sealed image. */
  static String ofCopy(Vm vm, List<Sealed> sources) {
    for (Sealed version : sources) {
      if (version.images().stream().anyMatch(vm.definition().disks()::contains)) {
        return "The sealed image %s itself is a disk of %s, which Cetak did not make. The barrier keeps it from starting."
            .formatted(version.label(), vm.name());
      }
    }
    boolean certain = sources.stream().anyMatch(version -> version.copies().contains(vm.uuid()));
    String labels = sources.stream().map(Sealed::label).collect(Collectors.joining(" or "));
    return certain
        ? "A copy of the sealed image %s is a disk of %s, which Cetak did not make: the bytes are the same."
            .formatted(labels, vm.name())
        : "A disk of %s, which Cetak did not make, has the file systems of the sealed image %s and no identity: probably a copy of it, brought here from host %s."
            .formatted(vm.name(), labels, sources.get(0).host());
  }

  private static String uuid(List<Vm> vms) {
    boolean sameDisks = vms.stream().map(vm -> vm.definition().disks()).distinct().count() == 1;
    boolean sameNames = vms.stream().map(Vm::name).distinct().count() == 1;
    return sameNames && sameDisks
        ? "The same VM is defined on several hosts, with the same disks: most likely a migration"
            + " that left its definition behind."
        : "A definition was copied to another host with its UUID.";
  }

  private static String mac(List<String> values, List<Vm> vms) {
    Vm owner =
        vms.stream()
            .filter(vm -> vm.cast() != null && vm.cast().macs().containsAll(values))
            .findFirst()
            .orElse(null);
    List<String> sentences = new ArrayList<>();
    Vm first = owner == null ? vms.get(0) : owner;
    for (Vm vm : vms) {
      if (!vm.equals(first)) {
        sentences.add(macOf(vm, first, owner != null));
      }
    }
    return joined(sentences);
  }

  private static String macOf(Vm vm, Vm first, boolean fromLedger) {
    boolean all = vm.definition().macs().equals(first.definition().macs());
    if (all && (vm.bearsMarkOf(first) || vm.hasInsideOf(first))) {
      return "The definition of %s is a copy of that of %s, addresses included."
          .formatted(vm.name(), first.name());
    }
    return fromLedger
        ? "%s has the address from Cetak's ledger; in the definition of %s the same MAC was given by hand."
            .formatted(first.name(), vm.name())
        : "The same MAC was given by hand in the definitions of %s and %s."
            .formatted(first.name(), vm.name());
  }

  private String inside(Kind kind, List<String> values, List<Vm> vms) {
    if (kind == Kind.HOSTNAME && allAskedFor(values, vms)) {
      return "The commands that made them asked for the same host name.";
    }
    return carriedByVersion(kind, values, vms)
        .or(() -> carriedByImage(kind, vms))
        .orElseGet(() -> Copies.told(kind, vms));
  }

  private static boolean allAskedFor(List<String> values, List<Vm> vms) {
    return vms.stream().allMatch(vm -> vm.cast() != null && values.contains(vm.cast().hostname()));
  }

  private Optional<String> carriedByVersion(Kind kind, List<String> values, List<Vm> vms) {
    for (Sealed version : versions) {
      if (version.carries(kind).containsAll(values)) {
        return Optional.of(
            "Template version %s carried %s: all of its clones have it."
                .formatted(version.label(), words(kind)));
      }
    }
    // The version is gone or was not read, and nothing says that one is a copy of the other.
    List<String> origins =
        vms.stream()
            .flatMap(vm -> Stream.ofNullable(vm.cast()).map(Cast::origin))
            .distinct()
            .toList();
    boolean read =
        versions.stream().anyMatch(v -> origins.contains(v.label()) && v.guest() != null);
    boolean allCast = vms.stream().allMatch(vm -> vm.cast() != null);
    return allCast && origins.size() == 1 && !read && !anyHasInsideOfAnother(vms)
        ? Optional.of(
            "All are clones of %s, which could not be read: it most likely carried %s."
                .formatted(origins.get(0), words(kind)))
        : Optional.empty();
  }

  /** Disks that lie on one image, and have from it what they share. */
  private Optional<String> carriedByImage(Kind kind, List<Vm> vms) {
    List<String> common = new ArrayList<>(lyingOn(vms.get(0)));
    vms.forEach(vm -> common.retainAll(lyingOn(vm)));
    versions.forEach(version -> common.removeAll(version.images()));
    boolean fromSeed = kind == Kind.INSTANCE_ID && vms.stream().anyMatch(vm -> vm.seed() != null);
    return common.isEmpty() || fromSeed
        ? Optional.empty()
        : Optional.of(onOneImage(kind, common.get(0), vms));
  }

  private static String onOneImage(Kind kind, String image, List<Vm> vms) {
    if (vms.stream().anyMatch(vm -> vm.definition().disks().contains(image))) {
      return "They have the disk %s together: either one VM is defined twice, or the disk of one lies on the other's."
          .formatted(image);
    }
    // Only what was never written shows what the image itself has.
    boolean certain = vms.stream().anyMatch(Vm::untouched) || !anyHasInsideOfAnother(vms);
    return certain
        ? "Their disks lie on the same image %s, which carried %s.".formatted(image, words(kind))
        : "Their disks lie on the same image %s: it carried %s, or the overlay of one is a copy of the other's."
            .formatted(image, words(kind));
  }

  private static List<String> lyingOn(Vm vm) {
    return Stream.concat(vm.definition().disks().stream(), vm.bases().stream()).toList();
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case MACHINE_ID -> "a machine-id";
      case SSH_HOST_KEY -> "SSH host keys";
      case INSTANCE_ID -> "a cloud-init instance";
      default -> "the " + kind.word();
    };
  }

  private static boolean anyHasInsideOfAnother(List<Vm> vms) {
    return vms.stream()
        .anyMatch(one -> vms.stream().anyMatch(two -> !one.equals(two) && one.hasInsideOf(two)));
  }

  private static String joined(List<String> sentences) {
    List<String> shown = new ArrayList<>(sentences);
    if (shown.size() > 10) {
      int more = shown.size() - 10;
      shown.subList(10, shown.size()).clear();
      Collections.addAll(shown, "So it is with %d more.".formatted(more));
    }
    return String.join(" ", shown);
  }
}
