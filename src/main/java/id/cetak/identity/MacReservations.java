package id.cetak.identity;

import java.util.Map;
import java.util.UUID;

/** Which clone holds which MAC address, in the whole fleet. Each call is a transaction. */
public interface MacReservations {
  /** A clone's addresses by the number of their interface, from 0. */
  Map<Integer, String> of(UUID cloneId);

  /**
   * Gives an address to a clone's interface.
   *
   * @return false, and nothing is changed, when any clone has the address or the interface has one
   */
  boolean add(String address, UUID cloneId, int nic);

  /** Takes the address away from a clone's interface; quiet when it has none. */
  void drop(UUID cloneId, int nic);
}
