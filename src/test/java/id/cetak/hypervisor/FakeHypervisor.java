package id.cetak.hypervisor;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A hypervisor in memory that behaves as {@link HypervisorContract} says. It writes down every call
 * and fails on request, before or after the effect. Safe for any number of threads.
 */
public final class FakeHypervisor implements Hypervisor {
  /** What {@code <domain>} may hold; libvirt's schema refuses everything else. */
  private static final Set<String> KNOWN =
      Set.of(
          "name",
          "uuid",
          "title",
          "description",
          "metadata",
          "genid",
          "memory",
          "currentMemory",
          "maxMemory",
          "vcpu",
          "os",
          "sysinfo",
          "features",
          "cpu",
          "clock",
          "on_poweroff",
          "on_reboot",
          "on_crash",
          "pm",
          "devices",
          "seclabel",
          "resource",
          "iothreads",
          "cputune",
          "memtune",
          "memoryBacking",
          "numatune",
          "blkiotune",
          "bootloader");

  private static final DomainRecords NO_RECORDS = new DomainRecords(false, false, 0, 0);

  private final Map<UUID, Domain> domains = new LinkedHashMap<>();
  private final Map<UUID, DomainRecords> records = new ConcurrentHashMap<>();
  private final Set<String> networks = ConcurrentHashMap.newKeySet();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Queue<Failure>> failuresBefore = new ConcurrentHashMap<>();
  private final Map<String, Queue<Failure>> failuresAfter = new ConcurrentHashMap<>();
  private final List<Consumer<Domain>> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService events =
      Executors.newSingleThreadExecutor(
          act -> {
            Thread thread = new Thread(act, "fake-hypervisor-events");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Function<String, @Nullable String> refusal = xml -> null;

  private volatile Set<String> types = Set.of("qemu", "kvm");

  public FakeHypervisor() {
    networks.add("default");
  }

  // What tests tell it and ask it. None of these counts as a call.

  /** The verbs called so far, in order, such as {@code define}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  public void forgetCalls() {
    calls.clear();
  }

  /** The next call of this verb throws, and has no effect; several failures wait in line. */
  public void failBefore(String verb, Failure failure) {
    line(failuresBefore, verb).add(failure);
  }

  /** The next call of this verb takes effect, and then throws; several failures wait in line. */
  public void failAfter(String verb, Failure failure) {
    line(failuresAfter, verb).add(failure);
  }

  /**
   * What stands in for libvirt's hooks.
   *
   * @param refusal gives the words of the refusal for a domain's XML, or null when it may start
   */
  public void refuseStarts(Function<String, @Nullable String> refusal) {
    this.refusal = refusal;
  }

  /** What kinds of domain the host can run. */
  public void canRun(String... types) {
    this.types = Set.of(types);
  }

  public void addNetwork(String network) {
    networks.add(network);
  }

  /** Changes a domain behind Cetak's back. */
  public synchronized void change(UUID uuid, UnaryOperator<Domain> change) {
    domains.computeIfPresent(uuid, (key, domain) -> change.apply(domain));
  }

  /** Puts in a domain that somebody else made. */
  public synchronized void put(Domain domain) {
    domains.put(domain.uuid(), domain);
  }

  /** Gives a domain records behind Cetak's back. */
  public void record(UUID uuid, DomainRecords kept) {
    records.put(uuid, kept);
  }

  // The port.

  @Override
  public String version() {
    return call("version", () -> "fake 1");
  }

  @Override
  public Set<String> domainTypes() {
    return call("domainTypes", () -> types);
  }

  @Override
  public List<Domain> domains() {
    return call("domains", () -> List.copyOf(domains.values()));
  }

  @Override
  public Optional<Domain> find(String name) {
    return call(
        "find", () -> domains.values().stream().filter(d -> d.name().equals(name)).findFirst());
  }

  @Override
  public Optional<Domain> find(UUID uuid) {
    return call("find", () -> Optional.ofNullable(domains.get(uuid)));
  }

  @Override
  public boolean exists(UUID uuid) {
    return call("exists", () -> domains.containsKey(uuid));
  }

  @Override
  public Optional<UUID> holder(String name) {
    return call(
        "holder",
        () ->
            domains.values().stream()
                .filter(d -> d.name().equals(name))
                .map(Domain::uuid)
                .findFirst());
  }

  @Override
  public DomainRecords records(UUID uuid) {
    return call(
        "records",
        () -> {
          if (!domains.containsKey(uuid)) {
            throw new Failure(FailureCode.DOMAIN_UNKNOWN, "There is no domain " + uuid + ".");
          }
          return records.getOrDefault(uuid, NO_RECORDS);
        });
  }

  @Override
  public boolean macInUse(String mac, UUID except) {
    return call(
        "macInUse",
        () ->
            domains.values().stream()
                .filter(domain -> !domain.uuid().equals(except))
                .flatMap(domain -> DomainXml.parse(domain.xml()).macs().stream())
                .anyMatch(mac::equalsIgnoreCase));
  }

  @Override
  public boolean networkExists(String network) {
    return call("networkExists", () -> networks.contains(network));
  }

  @Override
  public void define(String xml) {
    act(
        "define",
        () -> {
          Domain defined = parsed(xml);
          if (domains.values().stream()
              .anyMatch(d -> d.name().equals(defined.name()) && !d.uuid().equals(defined.uuid()))) {
            throw new Failure(
                FailureCode.NAME_TAKEN, "Another domain is named '" + defined.name() + "'.");
          }
          Domain same = domains.get(defined.uuid());
          if (same != null && !same.name().equals(defined.name())) {
            throw new Failure(
                FailureCode.HYPERVISOR_REFUSED, "Domain '" + same.name() + "' has this UUID.");
          }
          domains.merge(
              defined.uuid(), defined, (old, now) -> with(old, old.state(), now.xml(), true));
        });
  }

  @Override
  public void describe(UUID uuid, String element) {
    act(
        "describe",
        () -> {
          Domain domain = domains.get(uuid);
          if (domain == null) {
            throw new Failure(FailureCode.DOMAIN_UNKNOWN, "There is no domain " + uuid + ".");
          }
          domains.put(
              uuid, with(domain, domain.state(), described(domain, element), domain.persistent()));
        });
  }

  private static String described(Domain domain, String element) {
    DomainXml xml = DomainXml.parse(domain.xml());
    var metadata =
        DomainXml.child(xml.root(), "metadata")
            .orElseGet(
                () ->
                    (org.w3c.dom.Element)
                        xml.root().appendChild(xml.document().createElement("metadata")));
    DomainXml.children(metadata, null).stream()
        .filter(child -> DomainXml.CETAK_NAMESPACE.equals(child.getNamespaceURI()))
        .forEach(metadata::removeChild);
    metadata.appendChild(xml.document().importNode(DomainXml.parse(element).root(), true));
    return xml.text();
  }

  @Override
  public void start(UUID uuid) {
    act(
        "start",
        () -> {
          Domain domain = domains.get(uuid);
          if (domain == null) {
            throw new Failure(FailureCode.DOMAIN_UNKNOWN, "There is no domain " + uuid + ".");
          }
          if (domain.state() == PowerState.OFF) {
            String words = refusal.apply(domain.xml());
            if (words != null) {
              throw new Failure(FailureCode.HYPERVISOR_REFUSED, words);
            }
            Domain running = with(domain, PowerState.RUNNING, domain.xml(), domain.persistent());
            domains.put(uuid, running);
            listeners.forEach(listener -> tell(listener, running));
          }
        });
  }

  /** A guest that obeys: it is off when this returns. */
  @Override
  public void shutdown(UUID uuid) {
    act("shutdown", () -> powerOff(uuid));
  }

  @Override
  public List<String> linksUp(UUID uuid) {
    return call(
        "linksUp",
        () ->
            Optional.ofNullable(domains.get(uuid)).stream()
                .flatMap(domain -> DomainXml.parse(domain.xml()).devices("interface").stream())
                .filter(
                    nic ->
                        DomainXml.child(nic, "link")
                            .filter(link -> link.getAttribute("state").equals("down"))
                            .isEmpty())
                .flatMap(nic -> DomainXml.child(nic, "mac").stream())
                .map(mac -> mac.getAttribute("address"))
                .toList());
  }

  @Override
  public void setLinks(UUID uuid, Collection<String> macs, boolean up) {
    act(
        "setLinks",
        () -> {
          Domain domain = domains.get(uuid);
          if (domain == null) {
            throw new Failure(FailureCode.DOMAIN_UNKNOWN, "There is no domain " + uuid + ".");
          }
          DomainXml xml = DomainXml.parse(domain.xml());
          for (var nic : xml.devices("interface")) {
            if (macs.contains(DomainXml.child(nic, "mac").orElseThrow().getAttribute("address"))) {
              DomainXml.children(nic, "link").forEach(nic::removeChild);
              var link = nic.getOwnerDocument().createElement("link");
              link.setAttribute("state", up ? "up" : "down");
              nic.appendChild(link);
            }
          }
          domains.put(uuid, with(domain, domain.state(), xml.text(), domain.persistent()));
        });
  }

  @Override
  public void destroy(UUID uuid) {
    act("destroy", () -> powerOff(uuid));
  }

  @Override
  public void undefine(UUID uuid) {
    act(
        "undefine",
        () ->
            domains.computeIfPresent(
                uuid,
                (key, domain) ->
                    domain.state() == PowerState.OFF
                        ? null
                        : with(domain, domain.state(), domain.xml(), false)));
  }

  @Override
  public Optional<String> refusalToStart(String xml) {
    return call("refusalToStart", () -> Optional.ofNullable(refusal.apply(xml)));
  }

  @Override
  public void onStarted(Consumer<Domain> listener) {
    act(
        "onStarted",
        () -> {
          listeners.add(listener);
          domains.values().stream()
              .filter(domain -> domain.state() != PowerState.OFF)
              .forEach(domain -> tell(listener, domain));
        });
  }

  private void tell(Consumer<Domain> listener, Domain domain) {
    events.execute(
        () -> {
          try {
            listener.accept(domain);
          } catch (RuntimeException e) {
            CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, events)
                .execute(() -> tell(listener, domain));
          }
        });
  }

  private void powerOff(UUID uuid) {
    domains.computeIfPresent(
        uuid,
        (key, domain) ->
            domain.persistent() ? with(domain, PowerState.OFF, domain.xml(), true) : null);
  }

  private static Domain with(Domain domain, PowerState state, String xml, boolean persistent) {
    return new Domain(domain.name(), domain.uuid(), state, xml, persistent);
  }

  private static Domain parsed(String xml) {
    try {
      var root = DomainXml.parse(xml).root();
      for (var element : DomainXml.children(root, null)) {
        if (!KNOWN.contains(element.getNodeName())) {
          throw new IllegalArgumentException("extra content: " + element.getNodeName());
        }
      }
      String name = DomainXml.child(root, "name").orElseThrow().getTextContent().strip();
      UUID uuid =
          DomainXml.child(root, "uuid")
              .map(found -> UUID.fromString(found.getTextContent().strip()))
              .orElseGet(UUID::randomUUID);
      return new Domain(name, uuid, PowerState.OFF, xml, true);
    } catch (RuntimeException e) {
      throw new Failure(
          FailureCode.HYPERVISOR_REFUSED, "Definition of a domain: " + e.getMessage() + ".", e);
    }
  }

  private static Queue<Failure> line(Map<String, Queue<Failure>> failures, String verb) {
    return failures.computeIfAbsent(verb, key -> new ConcurrentLinkedQueue<>());
  }

  private void act(String verb, Runnable act) {
    call(
        verb,
        () -> {
          act.run();
          return verb;
        });
  }

  private synchronized <T> T call(String verb, Supplier<T> act) {
    calls.add(verb);
    Failure before = line(failuresBefore, verb).poll();
    if (before != null) {
      throw before;
    }
    T result = act.get();
    Failure after = line(failuresAfter, verb).poll();
    if (after != null) {
      throw after;
    }
    return result;
  }
}
