package id.cetak.hypervisor;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What Cetak does to domains. Every call may throw {@link id.cetak.failure.Failure}: {@code
 * HYPERVISOR_UNAVAILABLE} when nothing happened, {@code OUTCOME_UNKNOWN} when it may have happened
 * (look before acting again), {@code HYPERVISOR_REFUSED} when it never will. Calls that name a
 * state already reached return quietly. Nothing here takes longer when the host has more domains,
 * except for {@link #domains}.
 */
public interface Hypervisor {
  /** Throws when libvirt does not answer; else says which libvirt and QEMU answer. */
  String version();

  /**
   * The types of domain that this host can run, such as {@code kvm} and {@code qemu}. Asks libvirt
   * for all its capabilities, which takes some milliseconds.
   */
  Set<String> domainTypes();

  /**
   * Every domain of the host, running or not, made by Cetak or not. Asks for each, which takes a
   * second on a full host.
   */
  List<Domain> domains();

  Optional<Domain> find(String name);

  Optional<Domain> find(UUID uuid);

  boolean exists(UUID uuid);

  /** The domain that has this name; may miss one that came moments ago, and then finds none. */
  Optional<UUID> holder(String name);

  /**
   * What libvirt keeps for a domain, and what makes it unfit for a seal.
   *
   * @throws id.cetak.failure.Failure {@code DOMAIN_UNKNOWN} when there is no such domain
   */
  DomainRecords records(UUID uuid);

  /**
   * Whether any domain of the host but this one has an interface with this address. Answers from
   * what libvirt's events told, so it is behind by moments; by ten minutes for an interface that
   * was put into an existing definition, which libvirt tells nobody.
   */
  boolean macInUse(String mac, UUID except);

  boolean networkExists(String network);

  /**
   * Defines a persistent domain from XML in which libvirt's schema knows everything. Defining the
   * same name and UUID again replaces the definition; a name that a domain with another UUID has is
   * {@code NAME_TAKEN}.
   */
  void define(String xml);

  /**
   * Replaces what Cetak's namespace holds in a domain's metadata, in its definition and in what
   * runs of it; nothing else of it changes.
   *
   * @param element an element in Cetak's namespace
   * @throws id.cetak.failure.Failure {@code DOMAIN_UNKNOWN} when there is no such domain
   */
  void describe(UUID uuid, String element);

  /** Starts a defined domain; a running one is left alone, a missing one {@code DOMAIN_UNKNOWN}. */
  void start(UUID uuid);

  /** Asks the guest to power off, and returns without waiting. */
  void shutdown(UUID uuid);

  /**
   * The addresses of the interfaces whose link is up, now or at the next start; none when there is
   * no such domain.
   */
  List<String> linksUp(UUID uuid);

  /**
   * Puts the links of these interfaces up or down, as if a cable were put in or out: in the
   * definition, and at once when the domain runs. Read back before it returns.
   */
  void setLinks(UUID uuid, Collection<String> macs, boolean up);

  /** Takes the power away; a domain that is off or missing is left alone. */
  void destroy(UUID uuid);

  /**
   * Removes the definition with its managed save, snapshot records and checkpoint records; NVRAM
   * and disks stay. A running domain runs on without a definition until it is destroyed.
   */
  void undefine(UUID uuid);

  /**
   * Tries to start a transient, paused domain from this XML; a domain that does start is destroyed
   * at once.
   *
   * @return libvirt's refusal with the hook's own words, or empty when the domain started
   */
  Optional<String> refusalToStart(String xml);

  /**
   * Calls back, on a thread of its own, whenever a domain was started or resumed, and for every
   * domain that runs when the listener is new or libvirt answers again; for the life of the
   * process. The domain carries its live definition. May tell the same start more than once, and
   * tells it again to a listener that throws.
   */
  void onStarted(Consumer<Domain> listener);
}
