package id.cetak.hypervisor.libvirt;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.libvirt.DomainReader.Reading;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.libvirt.Connect;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.jna.DomainPointer;

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

  @Inject
  LibvirtHypervisor(CetakConfig config) {
    this(config.libvirt().uri(), config.libvirt().connections(), config.libvirt().keepalive());
  }

  LibvirtHypervisor(String uri, int changers, Duration keepalive) {
    connections = new Connections(uri, changers, keepalive);
    startedWatch = new StartedWatch(connections, keepalive);
  }

  @PreDestroy
  void close() {
    startedWatch.close();
    connections.close();
  }

  @Override
  public String version() {
    return connections.look(
        "Version of libvirt",
        link -> {
          Connect connect = link.connect();
          return "libvirt %s, %s %s"
              .formatted(
                  dotted(connect.getLibVersion()), connect.getType(), dotted(connect.getVersion()));
        });
  }

  @Override
  public List<Domain> domains() {
    return connections.look(
        "List of domains",
        link -> {
          List<Domain> found = new ArrayList<>();
          for (org.libvirt.Domain domain : link.connect().listAllDomains(0)) {
            DomainReader.present(() -> domain, Reading.INACTIVE).ifPresent(found::add);
          }
          return List.copyOf(found);
        });
  }

  @Override
  public Optional<Domain> find(String name) {
    return connections.look(
        "Look-up of domain '" + name + "'",
        link ->
            DomainReader.present(() -> link.connect().domainLookupByName(name), Reading.INACTIVE));
  }

  @Override
  public Optional<Domain> find(UUID uuid) {
    return connections.look(
        "Look-up of domain " + uuid,
        link ->
            DomainReader.present(() -> link.connect().domainLookupByUUID(uuid), Reading.INACTIVE));
  }

  @Override
  public boolean networkExists(String network) {
    return connections.look(
        "Look-up of network '" + network + "'",
        link -> {
          try {
            link.connect().networkLookupByName(network).free();
            return true;
          } catch (LibvirtException e) {
            if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_NETWORK) {
              return false;
            }
            throw e;
          }
        });
  }

  @Override
  public void define(String xml) {
    Definition definition = Definition.parse(xml);
    String what = "Definition of domain '" + definition.name() + "'";
    try {
      connections.change(what, link -> defineOn(link, xml));
    } catch (Failure failure) {
      // libvirt has no code of its own for a name or a UUID that another domain has.
      if (holds(() -> find(definition.name()).filter(definition::isAnother).isPresent(), failure)) {
        throw LibvirtErrors.failure(
            FailureCode.NAME_TAKEN, what, "another domain on this host has this name");
      }
      if (holds(() -> hasUuidOfAnother(definition), failure)) {
        throw LibvirtErrors.failure(
            FailureCode.HYPERVISOR_REFUSED, what, "another domain on this host has its UUID");
      }
      throw failure;
    }
  }

  @Override
  public void start(UUID uuid) {
    Domain domain =
        find(uuid)
            .orElseThrow(
                () ->
                    LibvirtErrors.failure(
                        FailureCode.DOMAIN_UNKNOWN,
                        "Start of domain " + uuid,
                        "libvirt knows no domain with this UUID"));
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
                    handle -> handle.undefine(Definition.undefineFlags(domain))));
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
      if (!holds(() -> goal.test(find(domain.uuid())), failure)) {
        throw failure;
      }
    }
  }

  /** Looks after a failure; when the look fails too, the first failure is the one that counts. */
  private static boolean holds(BooleanSupplier look, Failure failure) {
    try {
      return look.getAsBoolean();
    } catch (Failure second) {
      failure.addSuppressed(second);
      return false;
    }
  }

  private static String defineOn(Link link, String xml) throws NativeCallException {
    NativeLibvirt libvirt = NativeLibvirt.get();
    DomainPointer domain =
        libvirt.virDomainDefineXMLFlags(
            link.pointer(), xml, NativeLibvirt.VIR_DOMAIN_DEFINE_VALIDATE);
    if (domain == null) {
      throw NativeCallException.last();
    }
    libvirt.virDomainFree(domain);
    return xml;
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

  private boolean hasUuidOfAnother(Definition definition) {
    return definition.uuid().flatMap(this::find).filter(definition::isAnother).isPresent();
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

  private static String dotted(long version) {
    return version / 1_000_000 + "." + version / 1_000 % 1_000 + "." + version % 1_000;
  }

  private interface Act {
    void on(org.libvirt.Domain domain) throws LibvirtException;
  }
}
