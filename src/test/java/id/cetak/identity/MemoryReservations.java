package id.cetak.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The table's promises without a database: an address has one holder, an interface one address. */
public final class MemoryReservations implements MacReservations {
  private record Nic(UUID cloneId, int nic) {}

  private final Map<String, Nic> rows = new LinkedHashMap<>();

  @Override
  public synchronized Map<Integer, String> of(UUID cloneId) {
    return rows.entrySet().stream()
        .filter(row -> row.getValue().cloneId().equals(cloneId))
        .collect(Collectors.toMap(row -> row.getValue().nic(), Map.Entry::getKey));
  }

  @Override
  public synchronized boolean add(String address, UUID cloneId, int nic) {
    var holder = new Nic(cloneId, nic);
    return !rows.containsValue(holder) && rows.putIfAbsent(address, holder) == null;
  }

  @Override
  public synchronized void drop(UUID cloneId, int nic) {
    rows.values().remove(new Nic(cloneId, nic));
  }

  /** What the removal of the clone's entry does. */
  public synchronized void forget(UUID cloneId) {
    rows.values().removeIf(row -> row.cloneId().equals(cloneId));
  }

  public synchronized int size() {
    return rows.size();
  }
}
