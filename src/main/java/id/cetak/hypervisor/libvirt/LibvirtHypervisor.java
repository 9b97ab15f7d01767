package id.cetak.hypervisor.libvirt;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.libvirt.LibvirtException;

/**
 * The hypervisor as libvirt's C library speaks with it, without second tries: {@link
 * GuardedHypervisor} gives those. Every verb that changes something looks before it acts, and looks
 * again when the act failed.
 */
@Singleton
@Typed(LibvirtHypervisor.class)
class LibvirtHypervisor implements Hypervisor {
  private static final int TRIAL_FLAGS =
      NativeLibvirt.VIR_DOMAIN_START_PAUSED | NativeLibvirt.VIR_DOMAIN_START_AUTODESTROY;

  private final Connections connections;
  private final StartedWatch startedWatch;
  private final DomainIndex index;
  private final Networks networks;
  private final Definer definer;
  private final LinkStates links;

  @Inject
  LibvirtHypervisor(CetakConfig config) {
    this(config.libvirt().uri(), config.libvirt().connections(), config.libvirt().keepalive());
  }

  LibvirtHypervisor(String uri, int changers, Duration keepalive) {
    connections = new Connections(uri, changers, keepalive);
    startedWatch = new StartedWatch(connections, keepalive);
    index = new DomainIndex(connections, keepalive);
    networks = new Networks(connections);
    definer = new Definer(connections, index);
    links = new LinkStates(connections);
  }

  Connections connections() {
    return connections;
  }

  /** In the background, so that neither the worker's start nor its first clone waits for it. */
  @PostConstruct
  void warm() {
    index.start();
    Thread thread = new Thread(connections::warm, "libvirt-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  @PreDestroy
  void close() {
    startedWatch.close();
    index.close();
    connections.close();
  }

  @Override
  public String version() {
    return connections.look("Version of libvirt", link -> Capabilities.version(link.connect()));
  }

  @Override
  public Set<String> domainTypes() {
    return connections.look(
        "Capabilities of libvirt", link -> Capabilities.domainTypes(link.connect()));
  }

  @Override
  public List<Domain> domains() {
    return connections.look(
        "List of domains",
        link -> {
          List<Domain> found = new ArrayList<>();
          for (org.libvirt.Domain domain : link.connect().listAllDomains(0)) {
            DomainReader.present(() -> domain, DomainReader::inactive).ifPresent(found::add);
          }
          return List.copyOf(found);
        });
  }

  @Override
  public Optional<Domain> find(String name) {
    return named(name, DomainReader::inactive);
  }

  @Override
  public Optional<Domain> find(UUID uuid) {
    return numbered(uuid, DomainReader::inactive);
  }

  @Override
  public boolean exists(UUID uuid) {
    return numbered(uuid, DomainReader::uuid).isPresent();
  }

  @Override
  public Optional<UUID> holder(String name) {
    // Most names that are asked for are free, and nobody has to ask libvirt for that.
    return index.mayHave(name) ? named(name, DomainReader::uuid) : Optional.empty();
  }

  @Override
  public DomainRecords records(UUID uuid) {
    return numbered(uuid, DomainReader::records)
        .orElseThrow(() -> LibvirtErrors.unknownDomain("Look at the records of domain " + uuid));
  }

  @Override
  public boolean macInUse(String mac, UUID except) {
    return index.isInUse(mac, except);
  }

  @Override
  public boolean networkExists(String network) {
    return networks.has(network);
  }

  @Override
  public void define(String xml) {
    definer.define(xml);
  }

  @Override
  public void describe(UUID uuid, String element) {
    new Describer(connections).describe(uuid, element);
  }

  @Override
  public void start(UUID uuid) {
    Domain domain =
        find(uuid).orElseThrow(() -> LibvirtErrors.unknownDomain("Start of domain " + uuid));
    reach("Start", domain, LibvirtHypervisor::isOn, org.libvirt.Domain::create);
  }

  @Override
  public void shutdown(UUID uuid) {
    find(uuid)
        .ifPresent(
            domain ->
                reach("Shutdown", domain, LibvirtHypervisor::isOff, org.libvirt.Domain::shutdown));
  }

  @Override
  public List<String> linksUp(UUID uuid) {
    return links.up(uuid);
  }

  @Override
  public void setLinks(UUID uuid, Collection<String> macs, boolean up) {
    links.set(uuid, macs, up);
  }

  @Override
  public void destroy(UUID uuid) {
    find(uuid)
        .ifPresent(
            domain ->
                reach("Power-off", domain, LibvirtHypervisor::isOff, org.libvirt.Domain::destroy));
  }

  @Override
  public void undefine(UUID uuid) {
    find(uuid)
        .ifPresent(
            domain ->
                reach(
                    "Removal",
                    domain,
                    now -> now.filter(Domain::persistent).isEmpty(),
                    handle -> handle.undefine(undefineFlags(domain, handle))));
  }

  @Override
  public Optional<String> refusalToStart(String xml) {
    String what = "Trial start of domain '" + Definition.parse(xml).name() + "'";
    return connections.change(what, link -> refusalOn(link, xml));
  }

  @Override
  public void onStarted(Consumer<Domain> listener) {
    startedWatch.add(listener);
  }

  /** Acts unless the goal is reached already, and is content when it is reached all the same. */
  private void reach(String verb, Domain domain, Predicate<Optional<Domain>> goal, Act act) {
    if (goal.test(Optional.of(domain))) {
      return;
    }
    try {
      connections.change(
          verb + " of domain '" + domain.name() + "'",
          link -> {
            var handle = link.connect().domainLookupByUUID(domain.uuid());
            try {
              act.on(handle);
              return domain;
            } finally {
              handle.free();
            }
          });
    } catch (Failure failure) {
      if (!Definer.holds(() -> goal.test(find(domain.uuid())), failure)) {
        throw failure;
      }
    }
  }

  private static Optional<String> refusalOn(Link link, String xml) throws LibvirtException {
    org.libvirt.Domain domain;
    try {
      domain = link.connect().domainCreateXML(xml, TRIAL_FLAGS);
    } catch (LibvirtException e) {
      if (LibvirtErrors.isLinkFault(e.getError())) {
        throw e;
      }
      return Optional.of(LibvirtErrors.words(e.getError().getMessage(), e.getError().getCode()));
    }
    try {
      domain.destroy();
      return Optional.empty();
    } catch (LibvirtException e) {
      // The domain ends with its connection.
      link.drop();
      throw e;
    } finally {
      domain.free();
    }
  }

  private <T> Optional<T> named(String name, DomainReader.Reading<T> reading) {
    return connections.look(
        "Look-up of domain '" + name + "'",
        link -> DomainReader.present(() -> link.connect().domainLookupByName(name), reading));
  }

  private <T> Optional<T> numbered(UUID uuid, DomainReader.Reading<T> reading) {
    return connections.look(
        "Look-up of domain " + uuid,
        link -> DomainReader.present(() -> link.connect().domainLookupByUUID(uuid), reading));
  }

  /** Drivers that know no checkpoints or no NVRAM refuse the flags, so they come where needed. */
  private static int undefineFlags(Domain domain, org.libvirt.Domain handle)
      throws LibvirtException {
    int flags =
        NativeLibvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
            | NativeLibvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    if (DomainReader.checkpoints(handle) > 0) {
      flags |= NativeLibvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;
    }
    if (Definition.parse(domain.xml()).mayHaveNvram()) {
      flags |= NativeLibvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM;
    }
    return flags;
  }

  private static boolean isOn(Optional<Domain> domain) {
    return domain
        .map(Domain::state)
        .filter(state -> state == PowerState.RUNNING || state == PowerState.PAUSED)
        .isPresent();
  }

  private static boolean isOff(Optional<Domain> domain) {
    return domain.filter(d -> d.state() != PowerState.OFF).isEmpty();
  }

  private interface Act {
    void on(org.libvirt.Domain domain) throws LibvirtException;
  }
}
