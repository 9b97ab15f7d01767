package id.cetak.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says which of several VMs is a copy of which, and what kind of copy, as far as that shows. */
final class Copies {
  private Copies() {}

  /** One sentence per cause, naming who is a copy of whom. */
  static String told(Kind kind, List<Vm> vms) {
    Vm original = original(vms);
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (Vm vm : vms) {
      if (!vm.equals(original)) {
        names.computeIfAbsent(copy(kind, vm, original), c -> new ArrayList<>()).add(vm.name());
      }
    }
    return names.entrySet().stream()
        .map(entry -> entry.getKey().formatted(some(entry.getValue()), original.name()))
        .collect(Collectors.joining(" "));
  }

  /** The clone that the ledger knows; else the VM whose name the others have for their own. */
  private static Vm original(List<Vm> vms) {
    return vms.stream()
        .filter(Copies::isAsCast)
        .findFirst()
        .or(() -> vms.stream().filter(vm -> vm.name().equals(vm.hostname())).findFirst())
        .or(() -> vms.stream().filter(vm -> copiesOf(vm, vms) == vms.size() - 1L).findFirst())
        .orElse(vms.get(0));
  }

  private static boolean isAsCast(Vm vm) {
    return vm.cast() != null
        && (vm.hostname() == null || vm.hostname().equals(vm.cast().hostname()));
  }

  /** How many others have a name that tools make of this one's. */
  private static long copiesOf(Vm vm, List<Vm> vms) {
    return vms.stream()
        .filter(other -> !other.equals(vm) && other.name().startsWith(vm.name()))
        .count();
  }

  private static String copy(Kind kind, Vm vm, Vm original) {
    if (kind == Kind.INSTANCE_ID && vm.seed() != null && original.seed() != null) {
      return seed(vm, original);
    }
    boolean definition =
        vm.bearsMarkOf(original)
            || (!vm.isCetaks() && vm.definition().shape().equals(original.definition().shape()));
    if (vm.hasInsideOf(original)) {
      return definition
          ? "virt-clone without sysprep: %s has disk and definition of %s, with another name, UUID"
              + " and addresses."
          : "A raw copy: %s has the disk of %s, with its file systems, machine-id, host keys and"
              + " host name.";
    }
    if (vm.sharesFileSystemWith(original) && kind != Kind.HOSTNAME) {
      return bothFromOneVersion(vm, original)
          ? "%s and %s are clones of one version that does not carry it: one got it from the other"
              + " later, by copied files or by configuration management."
          : "%s and %s are copies of one disk, and this was not taken away: virt-clone or a raw"
              + " copy, cleaned in part."
              + (kind == Kind.MACHINE_ID
                  ? " virt-sysprep's default run leaves a machine-id that all copies share."
                  : "");
    }
    return switch (kind) {
      case HOSTNAME -> "%s and %s were given the same host name by hand.";
      case INSTANCE_ID -> "%s and %s were given the same instance-id by hand.";
      case SSH_HOST_KEY ->
          "%s and %s share no disk: the keys were handed out, as by configuration management, or an"
              + " image carried them.";
      default -> "%s and %s share no disk: the id was written by hand, or an image carried it.";
    };
  }

  private static String seed(Vm vm, Vm original) {
    return vm.definition().seedFile() != null
            && vm.definition().seedFile().equals(original.definition().seedFile())
        ? "The definition of %s names the seed of %s."
        : "The seed of %s was given the instance-id of that of %s: copied, or written by hand.";
  }

  private static boolean bothFromOneVersion(Vm one, Vm other) {
    return one.cast() != null
        && other.cast() != null
        && one.cast().origin().equals(other.cast().origin());
  }

  private static String some(List<String> names) {
    List<String> shown = names.size() > 10 ? names.subList(0, 10) : names;
    String more = names.size() > 10 ? " and " + (names.size() - 10) + " more" : "";
    return String.join(", ", shown) + more;
  }
}
