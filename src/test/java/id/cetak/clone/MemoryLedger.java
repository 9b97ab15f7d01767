package id.cetak.clone;

import id.cetak.identity.HostKey;
import id.cetak.identity.MemoryReservations;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table's promises without a database. */
final class MemoryLedger implements CloneLedger {
  record Entry(Reservation reservation, CloneState state) {}

  final Map<UUID, Entry> entries = new LinkedHashMap<>();
  private final Map<UUID, UUID> deleting = new LinkedHashMap<>();
  private final Map<UUID, UUID> holding = new LinkedHashMap<>();
  final Set<UUID> flattened = new HashSet<>();
  private final MemoryReservations macs;

  MemoryLedger(MemoryReservations macs) {
    this.macs = macs;
  }

  CloneState state(UUID id) {
    return Objects.requireNonNull(entries.get(id)).state();
  }

  @Override
  public Optional<Holder> reserve(Reservation wanted) {
    for (Entry entry : entries.values()) {
      Reservation held = entry.reservation();
      if (!held.id().equals(wanted.id()) && held.command().name().equals(wanted.command().name())) {
        return Optional.of(
            new Holder(held.id(), held.host(), held.origin().template(), held.origin().version()));
      }
    }
    entries.put(wanted.id(), new Entry(wanted, CloneState.RESERVED));
    return Optional.empty();
  }

  @Override
  public void ready(UUID id, @Nullable String machineId, List<HostKey> minted) {
    Entry entry = entries.get(id);
    if (entry == null || entry.state() != CloneState.RESERVED) {
      throw new IllegalStateException("not RESERVED");
    }
    entries.put(id, new Entry(entry.reservation(), CloneState.READY));
  }

  @Override
  public void release(UUID id, int attempt) {
    Entry entry = entries.get(id);
    if (entry != null && entry.state() == CloneState.RESERVED) {
      entries.remove(id);
      macs.forget(id);
    }
  }

  /** A clone that was sealed into a template is no clone any more. */
  @Override
  public void consumed(UUID id) {
    entries.remove(id);
    macs.forget(id);
  }

  @Override
  public boolean beginDeletion(CloneClaim deletion) {
    Entry entry = entries.get(deletion.cloneId());
    if (entry == null
        || entry.state() == CloneState.RESERVED
        || holding.containsKey(deletion.cloneId())) {
      return false;
    }
    UUID holder = deleting.putIfAbsent(deletion.cloneId(), deletion.job());
    entries.put(deletion.cloneId(), new Entry(entry.reservation(), CloneState.DELETING));
    return holder == null || holder.equals(deletion.job());
  }

  @Override
  public void abandonDeletion(UUID job, int attempt) {
    deleting.entrySet().stream()
        .filter(deletion -> deletion.getValue().equals(job))
        .map(Map.Entry::getKey)
        .toList()
        .forEach(
            id -> {
              deleting.remove(id);
              entries.computeIfPresent(
                  id, (key, entry) -> new Entry(entry.reservation(), CloneState.READY));
            });
  }

  @Override
  public void deleted(UUID id) {
    entries.remove(id);
    macs.forget(id);
  }

  @Override
  public boolean hold(CloneClaim claim) {
    Entry entry = entries.get(claim.cloneId());
    if (entry == null || entry.state() != CloneState.READY) {
      return false;
    }
    UUID holder = holding.putIfAbsent(claim.cloneId(), claim.job());
    return holder == null || holder.equals(claim.job());
  }

  @Override
  public void letGo(UUID job, int attempt) {
    holding.values().removeIf(job::equals);
  }

  @Override
  public void flattened(UUID id, UUID job) {
    if (!holding.remove(id, job)) {
      throw new IllegalStateException("not held");
    }
    flattened.add(id);
  }
}
