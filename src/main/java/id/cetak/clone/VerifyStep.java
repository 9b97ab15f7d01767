package id.cetak.clone;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.PowerState;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads everything back from libvirt and the disk: what is announced was seen. No effect. */
class VerifyStep implements Step {
  private final Hypervisor hypervisor;
  private final Images images;

  VerifyStep(Hypervisor hypervisor, Images images) {
    this.hypervisor = hypervisor;
    this.images = images;
  }

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  /**
   * @throws Failure {@code HYPERVISOR_REFUSED} with every difference: libvirt changed the
   *     definition, or somebody else changed the domain meanwhile
   */
  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    var faults = new ArrayList<String>();
    hypervisor
        .find(plan.id())
        .ifPresentOrElse(
            domain -> domainFaults(plan, domain, faults), () -> faults.add("it is gone"));
    for (PlannedDisk disk : plan.disks()) {
      diskFaults(plan, disk, images.inspect(disk.image(), "qcow2", run), faults);
    }
    if (!faults.isEmpty()) {
      throw new Failure(
          FailureCode.HYPERVISOR_REFUSED,
          "Clone %s: domain %s is not what was planned: %s. Removed again; look for whoever changes domains of this host."
              .formatted(plan.identity().name(), plan.id(), String.join("; ", faults)));
    }
    return null;
  }

  @Override
  public void undo(Run run) {}

  private static void domainFaults(ClonePlan plan, Domain domain, List<String> faults) {
    var xml = DomainXml.parse(domain.xml());
    compare("name", plan.identity().name(), domain.name(), faults);
    compare("MAC addresses", plan.identity().macs(), xml.macs(), faults);
    compare("disks", sources(DomainXml.parse(plan.domainXml())), sources(xml), faults);
    compare("persistent", true, domain.persistent(), faults);
    if (plan.start()) {
      compare("state", PowerState.RUNNING, domain.state(), faults);
    }
  }

  private static void diskFaults(
      ClonePlan plan, PlannedDisk disk, ImageFacts facts, List<String> faults) {
    String image = disk.image().getFileName().toString();
    compare(image + ": backing file", plan.backingOf(disk), facts.backingFile(), faults);
    compare(image + ": size", disk.sizeBytes(), facts.virtualSizeBytes(), faults);
    if (plan.backingOf(disk) != null) {
      compare(image + ": backing format", disk.sealedFormat(), facts.backingFormat(), faults);
    }
  }

  /** The definition's media, such as an empty CD drive, are not the clone's disks. */
  private static Map<String, String> sources(DomainXml xml) {
    return xml.disks().stream()
        .filter(disk -> disk.file() != null || disk.device().equals("disk"))
        .collect(
            Collectors.toMap(
                DomainDisk::target, VerifyStep::source, (a, b) -> a + "|" + b, TreeMap::new));
  }

  private static String source(DomainDisk disk) {
    return "%s (%s, %s)".formatted(disk.file(), disk.sourceType(), disk.format());
  }

  private static void compare(
      String what, @Nullable Object planned, @Nullable Object found, List<String> faults) {
    if (!Objects.equals(planned, found)) {
      faults.add("%s is %s instead of %s".formatted(what, found, planned));
    }
  }
}
