package id.cetak.identity;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Gives out MAC addresses that no other VM has. Random addresses alone collide: among 5,000
 * interfaces with the probability of one half. So each address is unique in the database for the
 * clones of the whole fleet, and is not used on this host by a domain that Cetak did not make.
 */
@ApplicationScoped
public class MacLedger {
  /**
   * How old the look at the host's domains may be: reading all of them takes a second on a full
   * host, for each clone. A domain that appears meanwhile has one chance in 16 million to draw the
   * same address.
   */
  private static final Duration FRESH = Duration.ofMinutes(1);

  /** With 16 million addresses this many misses in a row mean a fault, not bad luck. */
  private static final int MOST_DRAWS = 200;

  private final MacReservations reservations;
  private final RandomGenerator random;
  private final Clock clock;

  /** The last look at the host; replaced as a whole, so that it needs no lock. */
  private volatile HostMacs seen = new HostMacs(Instant.MIN, Map.of());

  public MacLedger(MacReservations reservations, RandomGenerator random, Clock clock) {
    this.reservations = reservations;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Reserves an address for each of a clone's interfaces. Called again it gives the same ones, or
   * another where a domain of the host has got hold of one.
   *
   * @param interfaces how many
   * @param hostDomains looks at the domains of this host; not called when there was a look within
   *     the last minute
   * @throws Failure {@code INTERNAL} when no free address is found
   */
  public List<String> allocate(
      UUID cloneId, int interfaces, Supplier<? extends Collection<Domain>> hostDomains) {
    Set<String> taken = interfaces == 0 ? Set.of() : takenByOthers(cloneId, hostDomains);
    Map<Integer, String> held = reservations.of(cloneId);
    held.keySet().stream()
        .filter(nic -> nic >= interfaces)
        .forEach(nic -> reservations.drop(cloneId, nic));
    var addresses = new ArrayList<String>();
    for (int nic = 0; nic < interfaces; nic++) {
      String address = held.get(nic);
      if (address != null && taken.contains(address)) {
        reservations.drop(cloneId, nic);
        address = null;
      }
      addresses.add(address != null ? address : draw(cloneId, nic, taken));
    }
    return List.copyOf(addresses);
  }

  private String draw(UUID cloneId, int nic, Set<String> taken) {
    for (int attempt = 0; attempt < MOST_DRAWS; attempt++) {
      String address = candidate();
      if (!taken.contains(address) && reservations.add(address, cloneId, nic)) {
        return address;
      }
      String added = reservations.of(cloneId).get(nic);
      if (added != null) {
        return added;
      }
    }
    throw new Failure(
        FailureCode.INTERNAL,
        "Clone %s: no free MAC address for interface %d after %d draws of 52:54:00 addresses. Look at table mac for rows of clones that are gone."
            .formatted(cloneId, nic, MOST_DRAWS));
  }

  /** 52:54:00 is what QEMU guests use: locally administered, unicast; 24 bits are free. */
  private String candidate() {
    int low = random.nextInt(1 << 24);
    return "52:54:00:%02x:%02x:%02x".formatted(low >> 16, (low >> 8) & 0xff, low & 0xff);
  }

  private Set<String> takenByOthers(
      UUID cloneId, Supplier<? extends Collection<Domain>> hostDomains) {
    Instant now = clock.instant();
    HostMacs look = seen;
    if (look.at().isBefore(now.minus(FRESH))) {
      look = new HostMacs(now, read(hostDomains.get()));
      seen = look;
    }
    var taken = new HashSet<String>();
    look.macs().forEach((domain, macs) -> taken.addAll(domain.equals(cloneId) ? Set.of() : macs));
    return taken;
  }

  private static Map<UUID, Set<String>> read(Collection<Domain> domains) {
    return domains.stream().collect(Collectors.toMap(Domain::uuid, MacLedger::macs, (a, b) -> b));
  }

  private static Set<String> macs(Domain domain) {
    return DomainXml.parse(domain.xml()).macs().stream()
        .map(mac -> mac.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  private record HostMacs(Instant at, Map<UUID, Set<String>> macs) {}
}
