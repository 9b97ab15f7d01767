package id.cetak.audit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds what several VMs share and must not. Looks at nothing but the readings. What a VM does not
 * have yet cannot be shared: two clones that never booted have no machine-id, not the same one.
 */
final class Judge {
  private static final Comparator<Vm> ORDER =
      Comparator.comparing(Vm::host).thenComparing(Vm::name).thenComparing(Vm::uuid);

  private final List<Vm> vms;
  private final List<Sealed> versions;
  private final Causes causes;

  private Judge(Collection<HostReading> hosts) {
    this.vms = hosts.stream().flatMap(host -> host.vms().stream()).sorted(ORDER).toList();
    this.versions = hosts.stream().flatMap(host -> host.versions().stream()).toList();
    this.causes = new Causes(versions);
  }

  /** All findings of a fleet, in the order of their kinds. */
  static List<Finding> findings(Collection<HostReading> hosts) {
    var judge = new Judge(hosts);
    List<Finding> findings = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      findings.addAll(judge.duplicates(kind));
    }
    findings.addAll(judge.copiesOfSealedImages());
    return findings;
  }

  private List<Finding> duplicates(Kind kind) {
    Map<String, Set<Vm>> holders = new TreeMap<>();
    for (Vm vm : vms) {
      for (String value : kind.of(vm)) {
        holders.computeIfAbsent(value, v -> new LinkedHashSet<>()).add(vm);
      }
    }
    Map<Set<Vm>, List<String>> shared = new LinkedHashMap<>();
    holders.forEach(
        (value, of) -> {
          if (of.size() > 1 && !isOneVmSeenTwice(kind, of)) {
            shared.computeIfAbsent(of, v -> new ArrayList<>()).add(value);
          }
        });
    List<Finding> findings = new ArrayList<>();
    shared.forEach(
        (of, values) -> {
          List<Vm> sharing = List.copyOf(of);
          findings.add(new Finding(kind, values, sharing, causes.of(kind, values, sharing)));
        });
    return findings;
  }

  /** A VM that two hosts define is told of once, as a UUID on two hosts. */
  private static boolean isOneVmSeenTwice(Kind kind, Set<Vm> holders) {
    return kind != Kind.UUID && holders.stream().map(Vm::uuid).distinct().count() == 1;
  }

  private List<Finding> copiesOfSealedImages() {
    List<Finding> findings = new ArrayList<>();
    for (Vm vm : vms) {
      List<Sealed> sources =
          vm.isCetaks() ? List.of() : versions.stream().filter(v -> isCopy(vm, v)).toList();
      if (!sources.isEmpty()) {
        findings.add(
            new Finding(
                Kind.SEALED_IMAGE_COPY,
                sources.stream().map(Sealed::label).toList(),
                List.of(vm),
                Causes.ofCopy(vm, sources)));
      }
    }
    return findings;
  }

  /**
   * By its bytes, where both are on one host; where they are not, by the version's file systems in
   * a disk to which no boot has given an identity. What lies on a sealed image is a linked clone.
   */
  private static boolean isCopy(Vm vm, Sealed version) {
    if (vm.bases().stream().anyMatch(version.images()::contains)) {
      return false;
    }
    if (version.copies().contains(vm.uuid())) {
      return true;
    }
    return version.guest() != null
        && !version.host().equals(vm.host())
        && vm.neverBooted()
        && !vm.fileSystems().isEmpty()
        && vm.fileSystems().equals(version.guest().fileSystems());
  }
}
