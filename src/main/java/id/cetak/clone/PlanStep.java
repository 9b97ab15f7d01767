package id.cetak.clone;

import static id.cetak.failure.FailureCode.INTERNAL;
import static id.cetak.failure.FailureCode.INVALID;
import static id.cetak.failure.FailureCode.NAME_TAKEN;
import static id.cetak.failure.FailureCode.NETWORK_UNKNOWN;
import static id.cetak.failure.FailureCode.NO_SPACE;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.identity.Identity;
import id.cetak.identity.MacLedger;
import id.cetak.template.SealedDisk;
import id.cetak.template.SealedVersion;
import id.cetak.template.Versions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Decides everything, and refuses whatever can be refused, before anything is made. Its only effect
 * is the entry in the ledger, which it makes last.
 */
@ApplicationScoped
class PlanStep implements Step {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  /** An overlay starts with 200 KiB, a seed has 400 KiB, UEFI variables have at most 64 MiB. */
  private static final long LINKED_DISK_BYTES = MIB;

  private static final long SMALL_FILES_BYTES = 2 * MIB;
  private static final long NVRAM_BYTES = 64 * MIB;

  /** {@link Versions#forClone}. */
  interface SealedVersions {
    SealedVersion forClone(Name template, @Nullable Integer version);
  }

  private final SealedVersions versions;
  private final Hypervisor hypervisor;
  private final Images images;
  private final CloneLedger ledger;
  private final MacLedger macs;
  private final CetakConfig config;

  @Inject
  PlanStep(
      Versions versions,
      Hypervisor hypervisor,
      Images images,
      CloneLedger ledger,
      MacLedger macs,
      CetakConfig config) {
    this(versions::forClone, hypervisor, images, ledger, macs, config);
  }

  PlanStep(
      SealedVersions versions,
      Hypervisor hypervisor,
      Images images,
      CloneLedger ledger,
      MacLedger macs,
      CetakConfig config) {
    this.versions = versions;
    this.hypervisor = hypervisor;
    this.images = images;
    this.ledger = ledger;
    this.macs = macs;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public ClonePlan run(Run run) {
    Command.Clone command = run.command(Command.Clone.class);
    SealedVersion version = versions.forClone(command.template(), command.version());
    var template = DomainXml.parse(version.domainXml());
    var files = CloneFiles.of(config.images().directory(), run.jobId());

    DefineStep.refuseTakenName(hypervisor, command.name().value(), run.jobId());
    refuseUnknownNetworks(command, template);
    List<PlannedDisk> disks = disks(command, version, files);
    long neededBytes = refuseWithoutSpace(command, version, run);

    run.check();
    var origin =
        new Origin(version.template(), version.version(), run.attempt(), command.id().value());
    reserve(new Reservation(run.jobId(), origin, config.host(), neededBytes, command));
    List<String> addresses =
        macs.allocate(run.jobId(), template.devices("interface").size(), hypervisor::domains);
    var identity =
        new Identity(run.jobId(), command.name().value(), command.hostname().value(), addresses);
    var spec = new CloneSpec(identity, origin, files, disks, Hardware.of(command));
    return new ClonePlan(
        identity,
        origin,
        files,
        command.disk(),
        disks,
        version.nvram(),
        command.start(),
        CloneXml.cast(version.domainXml(), spec));
  }

  @Override
  public void undo(Run run) {
    ledger.release(run.jobId(), run.attempt());
  }

  private void refuseUnknownNetworks(Command.Clone command, DomainXml template) {
    String wanted = command.network();
    List<Element> interfaces = template.devices("interface");
    if (wanted != null && interfaces.isEmpty()) {
      throw refusal(
          INVALID,
          command,
          "template %s has no network interface to put on network '%s'. Leave 'network' out, or seal a template with one."
              .formatted(command.template(), wanted));
    }
    Stream<String> kept =
        interfaces.stream()
            .skip(wanted == null ? 0 : 1)
            .filter(nic -> nic.getAttribute("type").equals("network"))
            .flatMap(nic -> DomainXml.child(nic, "source").stream())
            .map(source -> source.getAttribute("network"));
    Stream.concat(Stream.ofNullable(wanted), kept)
        .filter(network -> !hypervisor.networkExists(network))
        .findFirst()
        .ifPresent(
            network -> {
              throw refusal(
                  NETWORK_UNKNOWN,
                  command,
                  "host %s has no network '%s'. Define it there, or give another 'network'."
                      .formatted(config.host(), network));
            });
  }

  private static List<PlannedDisk> disks(
      Command.Clone command, SealedVersion version, CloneFiles files) {
    if (version.disks().isEmpty()) {
      throw refusal(
          INTERNAL, command, "version %s is recorded without a disk.".formatted(label(version)));
    }
    var disks = new ArrayList<PlannedDisk>();
    for (SealedDisk sealed : version.disks()) {
      long sizeBytes =
          disks.isEmpty() ? rootSizeBytes(command, version, sealed) : sealed.virtualSizeBytes();
      disks.add(
          new PlannedDisk(
              sealed.target(),
              files.disk(disks.size()),
              sealed.image(),
              sealed.format(),
              sizeBytes,
              sizeBytes > sealed.virtualSizeBytes()));
    }
    return disks;
  }

  private static long rootSizeBytes(Command.Clone command, SealedVersion version, SealedDisk root) {
    Integer wanted = command.diskGiB();
    if (wanted == null) {
      return root.virtualSizeBytes();
    }
    if (wanted * GIB < root.virtualSizeBytes()) {
      throw refusal(
          INVALID,
          command,
          "'diskGiB' is %d, but the root disk of %s has %s and a disk only grows. Give %d or more, or leave it out."
              .formatted(
                  wanted,
                  label(version),
                  size(root.virtualSizeBytes()),
                  (root.virtualSizeBytes() + GIB - 1) / GIB));
    }
    return wanted * GIB;
  }

  /**
   * A full copy takes the room that the sealed image takes, not the size that the guest sees: what
   * guests write later is for the reserve that the configuration keeps free.
   *
   * @return the bytes that the clone's files will take when they are new
   */
  private long refuseWithoutSpace(Command.Clone command, SealedVersion version, Run run) {
    long neededBytes = SMALL_FILES_BYTES + (version.nvram() == null ? 0 : NVRAM_BYTES);
    for (SealedDisk sealed : version.disks()) {
      neededBytes +=
          switch (command.disk()) {
            case LINKED -> LINKED_DISK_BYTES;
            case FULL -> images.inspect(sealed.image(), sealed.format(), run).actualSizeBytes();
          };
    }
    long freeBytes = images.freeBytes(config.images().directory());
    long reserveBytes = config.images().reserveBytes();
    long pendingBytes = ledger.pendingBytes(config.host(), run.jobId());
    if (freeBytes - reserveBytes - pendingBytes < neededBytes) {
      throw refusal(
          NO_SPACE,
          command,
          "%s has %s free, of which %s stay in reserve and %s go to clones that are being made; it needs %s. Tried again later; free space or cancel."
              .formatted(
                  config.images().directory(),
                  size(freeBytes),
                  size(reserveBytes),
                  size(pendingBytes),
                  size(neededBytes)));
    }
    return neededBytes;
  }

  private void reserve(Reservation reservation) {
    ledger
        .reserve(reservation)
        .ifPresent(
            holder -> {
              throw refusal(
                  NAME_TAKEN,
                  reservation.command(),
                  "clone %s on host %s, made from %s@%d, has this name. Choose another one, or remove that clone first."
                      .formatted(holder.id(), holder.host(), holder.template(), holder.version()));
            });
  }

  private static Failure refusal(FailureCode code, Command.Clone command, String why) {
    return new Failure(code, "Clone %s: %s".formatted(command.name(), why));
  }

  private static String label(SealedVersion version) {
    return version.template() + "@" + version.version();
  }

  private static String size(long bytes) {
    return bytes < 10 * GIB ? bytes / MIB + " MiB" : bytes / GIB + " GiB";
  }
}
