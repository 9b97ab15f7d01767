package id.cetak.hypervisor;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What Cetak does to domains. Every call may throw {@link id.cetak.failure.Failure}: {@code
 * HYPERVISOR_UNAVAILABLE} when nothing happened, {@code OUTCOME_UNKNOWN} when it may have happened
 * (look before acting again), {@code HYPERVISOR_REFUSED} when it never will. Calls that name a
 * state already reached return quietly.
 */
public interface Hypervisor {
  /** Throws when libvirt does not answer; else says which libvirt and QEMU answer. */
  String version();

  /** Every domain of the host, running or not, made by Cetak or not. */
  List<Domain> domains();

  Optional<Domain> find(String name);

  Optional<Domain> find(UUID uuid);

  boolean networkExists(String network);

  /**
   * Defines a persistent domain from schema-checked XML. Defining the same name and UUID again
   * replaces the definition; a name that a domain with another UUID has is {@code NAME_TAKEN}.
   */
  void define(String xml);

  /** Starts a defined domain; a running one is left alone, a missing one {@code DOMAIN_UNKNOWN}. */
  void start(UUID uuid);

  /** Asks the guest to power off, and returns without waiting. */
  void shutdown(UUID uuid);

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
