package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;

/** Tells listeners of domains that were started or resumed, and of those that run already. */
final class StartedWatch implements DomainWatch.Follower {
  private static final Logger LOG = Logger.getLogger(StartedWatch.class);

  private final Connections connections;
  private final DomainWatch watch;
  private final List<Consumer<Domain>> listeners = new CopyOnWriteArrayList<>();

  /** What a listener has thrown at, as it was looked at; the watch's thread alone uses it. */
  private final Map<UUID, Domain> untold = new LinkedHashMap<>();

  /**
   * @param check how often the connection is looked at when nothing else happens
   */
  StartedWatch(Connections connections, Duration check) {
    this.connections = connections;
    watch = new DomainWatch(connections, "started-watch", check, this);
  }

  /**
   * A listener that comes late hears of everything that runs, too. One that throws is told of the
   * same domain again, even when that has ended meanwhile.
   */
  void add(Consumer<Domain> listener) {
    listeners.add(listener);
    watch.start();
    watch.lookAtAll();
  }

  void close() {
    watch.close();
  }

  @Override
  public int which() {
    return NativeLibvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE;
  }

  @Override
  public boolean follows(UUID uuid, DomainEvent event) {
    return event.getType() == DomainEventType.STARTED || event.getType() == DomainEventType.RESUMED;
  }

  @Override
  public void begin() {
    untold.values().removeIf(this::tell);
  }

  @Override
  public void look(UUID uuid) {
    connections
        .look(
            "Look at started domain " + uuid,
            link ->
                DomainReader.present(
                    () -> link.connect().domainLookupByUUID(uuid), DomainReader::live))
        .filter(domain -> domain.state() != PowerState.OFF)
        .filter(domain -> !tell(domain))
        .ifPresent(domain -> untold.put(uuid, domain));
  }

  @Override
  public boolean end() {
    return untold.isEmpty();
  }

  private boolean tell(Domain domain) {
    try {
      listeners.forEach(listener -> listener.accept(domain));
      return true;
    } catch (RuntimeException | LinkageError e) {
      LOG.errorf(
          e, "A listener failed when told that '%s' started; it is told again", domain.name());
      return false;
    }
  }
}
