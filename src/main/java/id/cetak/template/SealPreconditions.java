package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What must hold of a domain before it is sealed. All that does not hold is said at once, each with
 * its remedy.
 */
@ApplicationScoped
class SealPreconditions {
  private final Hypervisor hypervisor;
  private final Barrier barrier;
  private final Images images;

  SealPreconditions(Hypervisor hypervisor, Barrier barrier, Images images) {
    this.hypervisor = hypervisor;
    this.barrier = barrier;
    this.images = images;
  }

  /** Everything about the domain that forbids the seal. */
  List<SealFault> faults(Domain domain, DomainXml xml, Command.Sysprep command, StopSignal stop) {
    List<SealFault> faults = new ArrayList<>();
    if (domain.state() != PowerState.OFF
        && !(command.shutdown() && domain.state() == PowerState.RUNNING)) {
      faults.add(
          new SealFault(
              FailureCode.DOMAIN_RUNNING,
              "it is " + domain.state().name().toLowerCase(java.util.Locale.ROOT),
              "shut it down, or send shutdown: true for a running one"));
    }
    if (!domain.persistent()) {
      faults.add(SealFault.unfit("it is transient", "define it"));
    }
    recordFaults(domain.name(), hypervisor.records(domain.uuid()), faults);
    diskFaults(xml, faults);
    holdersOf(files(xml), domain.uuid())
        .forEach(holder -> faults.add(SealFault.unfit(holder + " too", "detach it there")));
    if (command.source() == Command.Source.CONSUME) {
      removalFaults(xml, faults);
      dependantsOf(files(xml), domain.uuid(), stop)
          .forEach(
              dependant ->
                  faults.add(
                      SealFault.unfit(
                          dependant, "give that disk its own content, or send source: keep")));
    }
    return faults;
  }

  private static void recordFaults(String name, DomainRecords records, List<SealFault> faults) {
    if (records.managedSave()) {
      faults.add(SealFault.unfit("it has a managed save", "virsh managedsave-remove " + name));
    }
    if (records.snapshots() > 0) {
      faults.add(
          SealFault.unfit(
              "it has %d snapshots".formatted(records.snapshots()),
              "virsh snapshot-delete %s NAME".formatted(name)));
    }
    if (records.checkpoints() > 0) {
      faults.add(
          SealFault.unfit(
              "it has %d checkpoints".formatted(records.checkpoints()),
              "virsh checkpoint-delete %s NAME".formatted(name)));
    }
    if (records.autostart()) {
      faults.add(SealFault.unfit("it is set to autostart", "virsh autostart --disable " + name));
    }
  }

  private void diskFaults(DomainXml xml, List<SealFault> faults) {
    if (xml.hasHostDevices()) {
      faults.add(
          SealFault.unfit(
              "it has passed-through host devices", "detach them: a clone cannot share them"));
    }
    List<DomainDisk> own = xml.disks().stream().filter(DomainDisk::isOwnDisk).toList();
    if (own.isEmpty()) {
      faults.add(SealFault.unfit("it has no disk of its own", ""));
    }
    for (DomainDisk disk : own) {
      if (disk.file() == null) {
        faults.add(
            SealFault.unfit(
                "disk %s is of type %s".formatted(disk.target(), disk.sourceType()),
                "only image files can be sealed; move it into one"));
      } else if (disk.shareable()) {
        faults.add(SealFault.unfit("disk %s is shareable".formatted(disk.target()), "detach it"));
      } else if (!Files.isRegularFile(disk.file())) {
        faults.add(
            SealFault.unfit("disk %s: no file at %s".formatted(disk.target(), disk.file()), ""));
      }
    }
    xml.nvram()
        .filter(nvram -> !Files.isRegularFile(nvram))
        .ifPresent(
            nvram ->
                faults.add(
                    SealFault.unfit("its NVRAM is not at %s".formatted(nvram), "start it once")));
    barrier
        .sealedDiskOf(xml.text())
        .ifPresent(
            version ->
                faults.add(
                    SealFault.unfit(
                        "one of its disks is the sealed image %s itself".formatted(version), "")));
  }

  // Found out at the end, it would leave a sealed version and a source that cannot go.
  private static void removalFaults(DomainXml xml, List<SealFault> faults) {
    for (Path file : files(xml)) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && Files.exists(folder) && !Files.isWritable(folder)) {
        faults.add(
            SealFault.unfit(
                "the worker may not remove its disk from %s".formatted(folder),
                "give it the right, or send source: keep"));
      }
    }
  }

  /** Which domains but one have any of these files as a disk; a clause for each. */
  List<String> holdersOf(List<Path> mine, UUID except) {
    List<String> holders = new ArrayList<>();
    for (Domain other : hypervisor.domains()) {
      if (other.uuid().equals(except)) {
        continue;
      }
      for (Path theirs : files(DomainXml.parse(other.xml()))) {
        if (mine.stream().anyMatch(file -> sameFile(file, theirs))) {
          holders.add("domain '%s' has its disk %s".formatted(other.name(), theirs));
        }
      }
    }
    return holders;
  }

  /**
   * Which domains but one have a disk that lies on any of these files, as far as their images can
   * be read; a clause for each.
   */
  List<String> dependantsOf(List<Path> mine, UUID except, StopSignal stop) {
    DiskChains chains = new DiskChains(images, mine);
    List<String> dependants = new ArrayList<>();
    for (Domain other : hypervisor.domains()) {
      if (!other.uuid().equals(except)) {
        chains
            .holder(other, stop)
            .filter(disk -> mine.stream().noneMatch(file -> sameFile(file, disk)))
            .ifPresent(
                disk ->
                    dependants.add(
                        "disk %s of domain '%s' lies on it".formatted(disk, other.name())));
      }
    }
    return dependants;
  }

  private static List<Path> files(DomainXml xml) {
    return xml.disks().stream()
        .filter(DomainDisk::isOwnDisk)
        .map(DomainDisk::file)
        .flatMap(java.util.stream.Stream::ofNullable)
        .toList();
  }

  private static boolean sameFile(Path one, Path other) {
    try {
      return one.equals(other)
          || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    } catch (NoSuchFileException gone) {
      // Another seal has consumed its disks since: what is not there is not the same file.
      return false;
    } catch (IOException e) {
      // A file that cannot be compared may be the same one: refusing is safe, sealing is not.
      return true;
    }
  }
}
