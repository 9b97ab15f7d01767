package id.cetak.template;

import id.cetak.admission.Admission;
import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What must hold before a domain is sealed. All that does not hold is said at once, each with its
 * remedy.
 */
@ApplicationScoped
class SealPreconditions {
  private final Hypervisor hypervisor;
  private final Barrier barrier;
  private final Admission admission;
  private final CetakConfig config;

  SealPreconditions(
      Hypervisor hypervisor, Barrier barrier, Admission admission, CetakConfig config) {
    this.admission = admission;
    this.hypervisor = hypervisor;
    this.barrier = barrier;
    this.config = config;
  }

  /**
   * @throws Failure {@code BARRIER_MISSING}, {@code DOMAIN_RUNNING} or {@code DOMAIN_UNFIT}
   */
  void demand(Domain domain, DomainXml xml, Command.Sysprep command) {
    demandBarrier(command);
    boolean running = domain.state() != PowerState.OFF;
    List<String> faults = new ArrayList<>();
    if (running && !(command.shutdown() && domain.state() == PowerState.RUNNING)) {
      faults.add(
          "it is %s (shut it down, or send shutdown: true for a running one)"
              .formatted(domain.state().name().toLowerCase(java.util.Locale.ROOT)));
    }
    if (!domain.persistent()) {
      faults.add("it is transient (define it)");
    }
    recordFaults(domain.name(), hypervisor.records(domain.uuid()), faults);
    diskFaults(xml, faults);
    sharingFaults(domain, xml, faults);
    if (command.source() == Command.Source.CONSUME) {
      removalFaults(xml, faults);
    }
    if (faults.isEmpty()) {
      return;
    }
    throw new Failure(
        running && faults.size() == 1 ? FailureCode.DOMAIN_RUNNING : FailureCode.DOMAIN_UNFIT,
        "Domain '%s' cannot be sealed into template '%s': %s. The domain is untouched."
            .formatted(domain.name(), command.template(), String.join("; ", faults)));
  }

  /**
   * Has the room for the overlays and the flat images promised to the seal.
   *
   * @throws Failure {@code NO_SPACE} or {@code TOO_LARGE}
   */
  void demandRoom(Run run, Need need) {
    admission.demand(
        new Admission.Applicant(
            run.jobId(),
            run.attempt(),
            "Seal of template '%s'".formatted(run.command(Command.Sysprep.class).template())),
        need);
  }

  private void demandBarrier(Command.Sysprep command) {
    Set<Barrier.Layer> missing = new java.util.TreeSet<>(barrier.missing());
    missing.removeAll(config.barrier().waived().orElse(Set.of()));
    if (!missing.isEmpty()) {
      throw new Failure(
          FailureCode.BARRIER_MISSING,
          "Seal of template '%s': host %s does not have the barrier's layer %s, and the configuration does not waive it. Run 'cetak-barrier install' there, or name the layer in cetak.barrier.waived."
              .formatted(
                  command.template(),
                  config.host(),
                  missing.stream().map(Enum::name).collect(Collectors.joining(", "))));
    }
  }

  private static void recordFaults(String name, DomainRecords records, List<String> faults) {
    if (records.managedSave()) {
      faults.add("it has a managed save (virsh managedsave-remove %s)".formatted(name));
    }
    if (records.snapshots() > 0) {
      faults.add(
          "it has %d snapshots (virsh snapshot-delete %s NAME)"
              .formatted(records.snapshots(), name));
    }
    if (records.checkpoints() > 0) {
      faults.add(
          "it has %d checkpoints (virsh checkpoint-delete %s NAME)"
              .formatted(records.checkpoints(), name));
    }
    if (records.autostart()) {
      faults.add("it is set to autostart (virsh autostart --disable %s)".formatted(name));
    }
  }

  private void diskFaults(DomainXml xml, List<String> faults) {
    if (xml.hasHostDevices()) {
      faults.add("it has passed-through host devices (detach them: a clone cannot share them)");
    }
    List<DomainDisk> own = xml.disks().stream().filter(DomainDisk::isOwnDisk).toList();
    if (own.isEmpty()) {
      faults.add("it has no disk of its own");
    }
    for (DomainDisk disk : own) {
      if (disk.file() == null) {
        faults.add(
            "disk %s is of type %s (only image files can be sealed; move it into one)"
                .formatted(disk.target(), disk.sourceType()));
      } else if (disk.shareable()) {
        faults.add("disk %s is shareable (detach it)".formatted(disk.target()));
      } else if (!Files.isRegularFile(disk.file())) {
        faults.add("disk %s: no file at %s".formatted(disk.target(), disk.file()));
      }
    }
    xml.nvram()
        .filter(nvram -> !Files.isRegularFile(nvram))
        .ifPresent(nvram -> faults.add("its NVRAM is not at %s (start it once)".formatted(nvram)));
    barrier
        .sealedDiskOf(xml.text())
        .ifPresent(
            version ->
                faults.add("one of its disks is the sealed image %s itself".formatted(version)));
  }

  // Found out at the end, it would leave a sealed version and a source that cannot go.
  private static void removalFaults(DomainXml xml, List<String> faults) {
    for (Path file : files(xml)) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && Files.exists(folder) && !Files.isWritable(folder)) {
        faults.add(
            "the worker may not remove its disk from %s (give it the right, or send source: keep)"
                .formatted(folder));
      }
    }
  }

  private void sharingFaults(Domain domain, DomainXml xml, List<String> faults) {
    List<Path> mine = files(xml);
    for (Domain other : hypervisor.domains()) {
      if (other.uuid().equals(domain.uuid())) {
        continue;
      }
      for (Path theirs : files(DomainXml.parse(other.xml()))) {
        if (mine.stream().anyMatch(file -> sameFile(file, theirs))) {
          faults.add(
              "domain '%s' has its disk %s too (detach it there)".formatted(other.name(), theirs));
        }
      }
    }
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
    } catch (IOException e) {
      // A file that cannot be compared may be the same one: refusing is safe, sealing is not.
      return true;
    }
  }
}
