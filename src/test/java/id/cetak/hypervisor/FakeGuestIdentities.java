package id.cetak.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Guests whose disks say what a test puts there; a disk that it says nothing of cannot be read. */
public final class FakeGuestIdentities implements GuestIdentities {
  private final Map<Path, GuestIdentity> insides = new ConcurrentHashMap<>();

  public void put(Path disk, GuestIdentity inside) {
    insides.put(disk, inside);
  }

  @Override
  public List<GuestReading> read(List<List<GuestDisk>> guests, StopSignal stop) {
    stop.check();
    return guests.stream().map(this::reading).toList();
  }

  private GuestReading reading(List<GuestDisk> disks) {
    return disks.stream()
        .flatMap(disk -> Optional.ofNullable(insides.get(disk.image())).stream())
        .findFirst()
        .map(inside -> new GuestReading(inside, null, List.of(), false))
        .orElse(new GuestReading(null, "Its disk is not to be read.", List.of(), false));
  }

  @Override
  public Optional<Seed> seed(Path image) {
    return Optional.empty();
  }

  @Override
  public boolean sameContent(GuestDisk one, GuestDisk other, StopSignal stop) {
    return false;
  }
}
