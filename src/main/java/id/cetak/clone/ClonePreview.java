package id.cetak.clone;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.preflight.Remark;
import id.cetak.preflight.Report;
import id.cetak.preflight.Severity;
import id.cetak.template.SealedDisk;
import id.cetak.template.SealedVersion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** What a dry run can tell of a clone beyond what forbids it: the plan, and what makes it slow. */
@ApplicationScoped
public class ClonePreview {
  private static final long MIB = 1L << 20;

  /** No clone has this id yet. */
  private static final UUID NOBODY = new UUID(0, 0);

  private final CloneConditions conditions;
  private final CloneEntries entries;
  private final Hypervisor hypervisor;
  private final Images images;
  private final CetakConfig config;

  ClonePreview(
      CloneConditions conditions,
      CloneEntries entries,
      Hypervisor hypervisor,
      Images images,
      CetakConfig config) {
    this.conditions = conditions;
    this.entries = entries;
    this.hypervisor = hypervisor;
    this.images = images;
    this.config = config;
  }

  /** Reports the names that a domain of the host or a clone of the fleet has already. */
  public void checkNames(List<Name> names, Report report) {
    names.forEach(name -> conditions.checkName(name, NOBODY, report));
    entries
        .namedAny(names.stream().map(Name::value).toList())
        .forEach(entry -> report.add(CloneClaims.taken(new Name(entry.name()), entry.holder())));
  }

  /** Reports the plan of a clone, or of each clone of a batch. */
  public void tell(Command.Clone clone, SealedVersion version, Report report) {
    report.plan("template", version.template());
    report.plan("version", version.version());
    report.plan("disk", clone.disk().word());
    if (clone.disk() == Command.Disk.FULL) {
      report.tried(() -> tellCopy(clone, version.disks().get(0), report));
    }
    String type = DomainXml.parse(version.domainXml()).type();
    report.plan("domainType", type);
    boolean able =
        report.tried(hypervisor::domainTypes).map(types -> types.contains(type)).orElse(true);
    if (!able) {
      report.add(
          Failure.of(
              FailureCode.HYPERVISOR_REFUSED,
              "Clone %s: template %s is of type '%s', which host %s cannot run."
                  .formatted(clone.name(), clone.template(), type, config.host()),
              type.equals("kvm")
                  ? "Load the kvm module there, or send the command to another host."
                  : "Send the command to another host."));
    } else if (type.equals("qemu")) {
      report.remark(
          Remark.NO_KVM,
          Severity.SLOW,
          "Template %s is of type 'qemu': its clones are emulated, which makes them many times slower."
              .formatted(clone.template()),
          "Seal a domain of type 'kvm' where the host has KVM.");
    }
  }

  private Copied tellCopy(Command.Clone clone, SealedDisk root, Report report) {
    var target = CloneFiles.of(config.images().directory(), NOBODY).folder();
    Copied copy = images.wouldCopy(root.image(), root.format(), target);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("method", copy.method().name().toLowerCase(Locale.ROOT));
    String reason = copy.reason();
    if (reason != null) {
      told.put("reason", reason);
      String pace =
          config.images().copyBytesPerSecond().isPresent()
              ? ", at most %d MiB of all copies in a second"
                  .formatted(config.images().copyBytesPerSecond().getAsLong() / MIB)
              : "";
      report.remark(
          Remark.BYTES_COPIED,
          Severity.SLOW,
          "Clone %s: %d MiB are read and written for its root disk%s, because %s."
              .formatted(clone.name(), copy.bytes() / MIB, pace, reason),
          "Ask for a linked disk, or put the images on a file system that shares blocks (XFS,"
              + " btrfs).");
    }
    report.plan("copy", told);
    return copy;
  }
}
