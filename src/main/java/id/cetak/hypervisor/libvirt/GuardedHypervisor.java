package id.cetak.hypervisor.libvirt;

import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.hypervisor.Hypervisor;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The hypervisor that is injected: libvirt, with a few quick tries when it does not answer, a limit
 * on how long a caller waits, and a pause when it has not answered for a while.
 */
@ApplicationScoped
class GuardedHypervisor implements Hypervisor {
  /** A look-up that takes longer meets a libvirt that hangs. */
  private static final Duration LOOK_LIMIT = Duration.ofSeconds(30);

  /** Starts of big guests on busy hosts take tens of seconds. */
  private static final Duration CHANGE_LIMIT = Duration.ofMinutes(3);

  /** Calls that a hanging libvirt can keep; more are not begun. */
  private static final int MAX_THREADS = 64;

  private final Hypervisor libvirt;
  private final ExecutorService threads = threads();
  private final LibvirtGuard looks;
  private final LibvirtGuard changes;

  @Inject
  GuardedHypervisor(LibvirtHypervisor libvirt) {
    this(libvirt, LOOK_LIMIT, CHANGE_LIMIT);
  }

  GuardedHypervisor(Hypervisor libvirt, Duration lookLimit, Duration changeLimit) {
    this.libvirt = libvirt;
    looks =
        new LibvirtGuard("libvirt-look", lookLimit, FailureCode.HYPERVISOR_UNAVAILABLE, threads);
    changes = new LibvirtGuard("libvirt-change", changeLimit, FailureCode.OUTCOME_UNKNOWN, threads);
  }

  @PreDestroy
  void close() {
    threads.shutdown();
  }

  @Override
  public String version() {
    return looks.call("Version of libvirt", libvirt::version);
  }

  @Override
  public Set<String> domainTypes() {
    return looks.call("Capabilities of libvirt", libvirt::domainTypes);
  }

  @Override
  public List<Domain> domains() {
    return looks.call("List of domains", libvirt::domains);
  }

  @Override
  public Optional<Domain> find(String name) {
    return looks.call("Look-up of domain '" + name + "'", () -> libvirt.find(name));
  }

  @Override
  public Optional<Domain> find(UUID uuid) {
    return looks.call("Look-up of domain " + uuid, () -> libvirt.find(uuid));
  }

  @Override
  public boolean exists(UUID uuid) {
    return looks.call("Look-up of domain " + uuid, () -> libvirt.exists(uuid));
  }

  @Override
  public Optional<UUID> holder(String name) {
    return looks.call("Look-up of domain '" + name + "'", () -> libvirt.holder(name));
  }

  @Override
  public DomainRecords records(UUID uuid) {
    return looks.call("Look at the records of domain " + uuid, () -> libvirt.records(uuid));
  }

  @Override
  public boolean macInUse(String mac, UUID except) {
    return looks.call("Search for MAC address " + mac, () -> libvirt.macInUse(mac, except));
  }

  @Override
  public boolean networkExists(String network) {
    return looks.call("Look-up of network '" + network + "'", () -> libvirt.networkExists(network));
  }

  @Override
  public void define(String xml) {
    change("Definition of a domain", () -> libvirt.define(xml));
  }

  @Override
  public void describe(UUID uuid, String element) {
    change("Metadata of domain " + uuid, () -> libvirt.describe(uuid, element));
  }

  @Override
  public void start(UUID uuid) {
    change("Start of domain " + uuid, () -> libvirt.start(uuid));
  }

  @Override
  public void shutdown(UUID uuid) {
    change("Shutdown of domain " + uuid, () -> libvirt.shutdown(uuid));
  }

  @Override
  public List<String> linksUp(UUID uuid) {
    return looks.call("Look at the links of domain " + uuid, () -> libvirt.linksUp(uuid));
  }

  @Override
  public void setLinks(UUID uuid, Collection<String> macs, boolean up) {
    change("Setting the links of domain " + uuid, () -> libvirt.setLinks(uuid, macs, up));
  }

  @Override
  public void destroy(UUID uuid) {
    change("Power-off of domain " + uuid, () -> libvirt.destroy(uuid));
  }

  @Override
  public void undefine(UUID uuid) {
    change("Removal of domain " + uuid, () -> libvirt.undefine(uuid));
  }

  @Override
  public Optional<String> refusalToStart(String xml) {
    return changes.call("Trial start of a domain", () -> libvirt.refusalToStart(xml));
  }

  @Override
  public void onStarted(Consumer<Domain> listener) {
    libvirt.onStarted(listener);
  }

  private void change(String what, Runnable act) {
    changes.call(
        what,
        () -> {
          act.run();
          return what;
        });
  }

  private static ExecutorService threads() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        MAX_THREADS,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        act -> {
          Thread thread = new Thread(act, "libvirt-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
