package id.cetak.clone;

import static id.cetak.failure.FailureCode.INVALID;
import static id.cetak.failure.FailureCode.NAME_TAKEN;
import static id.cetak.failure.FailureCode.NETWORK_UNKNOWN;

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
  private static final long MIB = 1L << 20;

  /**
   * An overlay starts with 200 KiB, a seed has 60 KiB and its files, UEFI variables have at most 64
   * MiB.
   */
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
    List<PlannedDisk> disks = DiskPlan.of(command, version, files);
    long neededBytes = neededBytes(command, version, run);
    room(run).demand(command.name(), neededBytes);

    run.check();
    var origin =
        new Origin(version.template(), version.version(), run.attempt(), command.id().value());
    reserve(new Reservation(run.jobId(), origin, config.host(), neededBytes, command));
    List<String> addresses =
        macs.allocate(run.jobId(), template.devices("interface").size(), hypervisor::macInUse);
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

  /**
   * A full copy takes the room that the sealed image takes, not the size that the guest sees: what
   * guests write later is for the reserve that the configuration keeps free.
   */
  private long neededBytes(Command.Clone command, SealedVersion version, Run run) {
    long neededBytes = SMALL_FILES_BYTES + (version.nvram() == null ? 0 : NVRAM_BYTES);
    for (SealedDisk sealed : version.disks()) {
      neededBytes +=
          switch (command.disk()) {
            case LINKED -> LINKED_DISK_BYTES;
            case FULL -> images.inspect(sealed.image(), sealed.format(), run).actualSizeBytes();
          };
    }
    return neededBytes;
  }

  private Room room(Run run) {
    var directory = config.images().directory();
    return new Room(
        directory,
        images.free(directory).bytes(),
        config.images().reserveBytes(),
        ledger.pendingBytes(config.host(), run.jobId()));
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
}
