package id.cetak.identity;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Gives out MAC addresses that no other VM has. Random addresses alone collide: among 5,000
 * interfaces with the probability of one half. So each address is unique in the database for the
 * clones of the whole fleet, and is not used on this host by a domain that Cetak did not make.
 */
@ApplicationScoped
public class MacLedger {
  /**
   * {@link id.cetak.hypervisor.Hypervisor#macInUse}. It is behind by moments: a domain that appears
   * meanwhile has one chance in 16 million to draw the same address.
   */
  public interface HostMacs {
    boolean inUse(String mac, UUID except);
  }

  /** With 16 million addresses this many misses in a row mean a fault, not bad luck. */
  private static final int MOST_DRAWS = 200;

  private final MacReservations reservations;
  private final RandomGenerator random;

  public MacLedger(MacReservations reservations, RandomGenerator random) {
    this.reservations = reservations;
    this.random = random;
  }

  /**
   * Reserves an address for each of a clone's interfaces. Called again it gives the same ones, or
   * another where a domain of the host has got hold of one.
   *
   * @param interfaces how many
   * @param host knows the domains of this host
   * @throws Failure {@code INTERNAL} when no free address is found
   */
  public List<String> allocate(UUID cloneId, int interfaces, HostMacs host) {
    Map<Integer, String> held = reservations.of(cloneId);
    held.keySet().stream()
        .filter(nic -> nic >= interfaces)
        .forEach(nic -> reservations.drop(cloneId, nic));
    var addresses = new ArrayList<String>();
    for (int nic = 0; nic < interfaces; nic++) {
      String address = held.get(nic);
      if (address != null && host.inUse(address, cloneId)) {
        reservations.drop(cloneId, nic);
        address = null;
      }
      addresses.add(address != null ? address : draw(cloneId, nic, host));
    }
    return List.copyOf(addresses);
  }

  private String draw(UUID cloneId, int nic, HostMacs host) {
    for (int attempt = 0; attempt < MOST_DRAWS; attempt++) {
      String address = candidate();
      if (!host.inUse(address, cloneId) && reservations.add(address, cloneId, nic)) {
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
}
