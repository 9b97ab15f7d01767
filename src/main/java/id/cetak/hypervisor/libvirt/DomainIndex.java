package id.cetak.hypervisor.libvirt;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.libvirt.event.DefinedDetail;
import org.libvirt.event.DomainEvent;

/**
 * Which names and MAC addresses the host's domains have. Reading all definitions takes a second on
 * a full host, so they are read once for each connection to libvirt, and then one by one as events
 * tell. libvirt tells nobody of an interface that is put into a definition that exists ({@code
 * attach-interface --config}): for those everything is read again every ten minutes.
 */
final class DomainIndex implements DomainWatch.Follower {
  private static final Duration READ_AGAIN = Duration.ofMinutes(10);

  private final Connections connections;
  private final DomainWatch watch;

  /** What each domain has: {@code name web-1}, {@code mac 52:54:00:00:00:01}; and who has it. */
  private final Map<UUID, Set<String>> keysOf = new HashMap<>();

  private final Map<String, Set<UUID>> holders = new HashMap<>();

  /** Defined by this process a moment ago: the event says nothing new. */
  private final Set<UUID> expected = new HashSet<>();

  private long readNanos = System.nanoTime();

  /**
   * @param check how often the connection is looked at when nothing else happens
   */
  DomainIndex(Connections connections, Duration check) {
    this.connections = connections;
    watch = new DomainWatch(connections, "domain-index", check, this);
  }

  /** Begins to read, so that the first question finds the answer here. */
  void start() {
    watch.start();
  }

  void close() {
    watch.close();
  }

  /** Waits for the first reading, when that has not ended yet. */
  boolean isInUse(String mac, UUID except) {
    return holders("mac " + mac.toLowerCase(Locale.ROOT)).stream()
        .anyMatch(uuid -> !uuid.equals(except));
  }

  /** Whether a domain has this name, or had it a moment ago; waits as above. */
  boolean mayHave(String name) {
    return !holders("name " + name).isEmpty();
  }

  /** Before a definition is sent. */
  synchronized void defining(UUID uuid, Definition definition) {
    if (watch.isRunning()) {
      expected.add(uuid);
      put(uuid, definition);
    }
  }

  /** After it failed: the domain is what it was, or not. */
  void defineFailed(UUID uuid) {
    if (watch.isRunning()) {
      isExpected(uuid);
      watch.lookAt(uuid);
    }
  }

  @Override
  public int which() {
    return 0;
  }

  @Override
  public boolean follows(UUID uuid, DomainEvent event) {
    boolean expected = isExpected(uuid);
    return switch (event.getType()) {
      case DEFINED -> !(expected && event.getDetail() == DefinedDetail.ADDED);
      case UNDEFINED, STARTED, STOPPED -> true;
      default -> false;
    };
  }

  @Override
  public void begin() {
    if (System.nanoTime() - readNanos >= READ_AGAIN.toNanos()) {
      watch.lookAtAll();
    }
  }

  @Override
  public synchronized void listed(Set<UUID> domains) {
    readNanos = System.nanoTime();
    expected.clear();
    Set.copyOf(keysOf.keySet()).stream()
        .filter(uuid -> !domains.contains(uuid))
        .forEach(this::remove);
  }

  @Override
  public void look(UUID uuid) {
    Optional<Definition> found =
        connections.look(
            "Look at domain " + uuid,
            link ->
                DomainReader.present(
                    () -> link.connect().domainLookupByUUID(uuid),
                    domain ->
                        Definition.parse(
                            domain.getXMLDesc(NativeLibvirt.VIR_DOMAIN_XML_INACTIVE))));
    found.ifPresentOrElse(definition -> put(uuid, definition), () -> remove(uuid));
  }

  private synchronized boolean isExpected(UUID uuid) {
    return expected.remove(uuid);
  }

  private Set<UUID> holders(String key) {
    watch.start();
    watch.awaitSettled();
    synchronized (this) {
      return Set.copyOf(holders.getOrDefault(key, Set.of()));
    }
  }

  private synchronized void put(UUID uuid, Definition definition) {
    remove(uuid);
    Set<String> keys = new HashSet<>();
    keys.add("name " + definition.name());
    definition.macs().forEach(mac -> keys.add("mac " + mac));
    keysOf.put(uuid, keys);
    keys.forEach(key -> holders.computeIfAbsent(key, none -> new HashSet<>()).add(uuid));
  }

  private synchronized void remove(UUID uuid) {
    for (String key : Objects.requireNonNullElse(keysOf.remove(uuid), Set.<String>of())) {
      Set<UUID> left = holders.getOrDefault(key, new HashSet<>());
      left.remove(uuid);
      if (left.isEmpty()) {
        holders.remove(key);
      }
    }
  }
}
