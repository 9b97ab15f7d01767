package id.cetak.audit;

import id.cetak.fleet.FanOut;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.GuestAgent;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentities;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.GuestReading;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.SelfReport;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads every domain of this host and every sealed version on it. Changes nothing anywhere. */
@ApplicationScoped
class ReadStep implements Step {
  private final Hypervisor hypervisor;
  private final GuestAgent agent;
  private final GuestIdentities identities;
  private final SealedImages images;
  private final AuditStore store;
  private final Clock clock;

  ReadStep(
      Hypervisor hypervisor,
      GuestAgent agent,
      GuestIdentities identities,
      SealedImages images,
      AuditStore store,
      Clock clock) {
    this.hypervisor = hypervisor;
    this.agent = agent;
    this.identities = identities;
    this.images = images;
    this.store = store;
    this.clock = clock;
  }

  @Override
  public String name() {
    return FanOut.REPORT;
  }

  /**
   * A domain, what its definition says, and what it says itself.
   *
   * @param said empty when no agent answers
   */
  private record Found(
      Domain domain, DomainXml xml, List<GuestDisk> disks, Optional<SelfReport> said) {}

  @Override
  public HostReading run(Run run) {
    long start = clock.millis();
    Map<UUID, Cast> casts = store.casts();
    List<Found> domains = new ArrayList<>();
    for (Domain domain : hypervisor.domains()) {
      run.check();
      domains.add(found(domain));
    }
    List<SealedImages.Kept> versions = images.all();
    List<List<GuestDisk>> guests = new ArrayList<>();
    domains.forEach(found -> guests.add(found.disks()));
    versions.forEach(kept -> guests.add(kept.disks()));

    List<GuestReading> readings = identities.read(guests, run);
    List<Vm> vms = new ArrayList<>();
    for (int n = 0; n < domains.size(); n++) {
      Found found = domains.get(n);
      vms.add(vm(found, readings.get(n), casts.get(found.domain().uuid())));
    }
    List<Sealed> sealed = new ArrayList<>();
    for (int n = 0; n < versions.size(); n++) {
      GuestIdentity guest = readings.get(domains.size() + n).identity();
      sealed.add(sealed(run, versions.get(n), guest, domains, vms));
    }
    return new HostReading(vms, sealed, clock.millis() - start);
  }

  /** There is no effect. */
  @Override
  public void undo(Run run) {}

  private Found found(Domain domain) {
    DomainXml xml = DomainXml.parse(domain.xml());
    Optional<SelfReport> said =
        domain.state() == PowerState.RUNNING ? agent.ask(domain.uuid()) : Optional.empty();
    return new Found(domain, xml, Definitions.disks(xml), said);
  }

  private Vm vm(Found found, GuestReading reading, @Nullable Cast cast) {
    Optional<Path> medium = Optional.empty();
    Optional<GuestIdentities.Seed> seed = Definitions.serialSeed(found.xml());
    for (Path image : Definitions.media(found.xml())) {
      Optional<GuestIdentities.Seed> read = identities.seed(image);
      if (read.isPresent()) {
        medium = Optional.of(image);
        seed = read;
        break;
      }
    }
    GuestIdentity guest =
        found.said().map(said -> Insides.of(reading.identity(), said)).orElse(reading.identity());
    return new Vm(
        store.host(),
        Definitions.of(found.domain(), found.xml(), medium),
        cast,
        seed.orElse(null),
        reading.bases(),
        reading.untouched(),
        guest,
        guest == null ? unread(found, reading) : null);
  }

  private static @Nullable String unread(Found found, GuestReading reading) {
    return Definitions.foreign(found.xml())
        .map("Its %s, and only files are read."::formatted)
        .orElse(reading.unread());
  }

  /** Bytes are compared only where all that was read speaks for a copy. */
  private Sealed sealed(
      Run run,
      SealedImages.Kept kept,
      @Nullable GuestIdentity guest,
      List<Found> domains,
      List<Vm> vms) {
    List<String> sealed = kept.paths();
    List<UUID> copies = new ArrayList<>();
    for (int n = 0; n < vms.size(); n++) {
      Vm vm = vms.get(n);
      if (guest != null
          && !vm.isCetaks()
          && vm.neverBooted()
          && vm.fileSystems().equals(guest.fileSystems())
          && vm.bases().stream().noneMatch(sealed::contains)
          && sameContent(run, domains.get(n).disks(), kept.disks())) {
        copies.add(vm.uuid());
      }
    }
    AuditStore.Version version = kept.version();
    return new Sealed(version.template(), version.version(), store.host(), sealed, guest, copies);
  }

  private boolean sameContent(Run run, List<GuestDisk> disks, List<GuestDisk> sealed) {
    if (disks.size() != sealed.size()) {
      return false;
    }
    for (int n = 0; n < disks.size(); n++) {
      if (!identities.sameContent(disks.get(n), sealed.get(n), run)) {
        return false;
      }
    }
    return true;
  }
}
