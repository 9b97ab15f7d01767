package id.cetak.hypervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A barrier in memory: what it sealed, it remembers; a file's fingerprint is its size and time. */
public final class FakeBarrier implements Barrier {
  private final Path sealed;
  private final Set<UUID> versions = ConcurrentHashMap.newKeySet();
  private volatile Set<Layer> missing = EnumSet.noneOf(Layer.class);

  public FakeBarrier(Path sealed) {
    this.sealed = sealed;
  }

  public void lose(Layer layer) {
    missing = EnumSet.of(layer);
  }

  public void repair() {
    missing = EnumSet.noneOf(Layer.class);
  }

  public Set<UUID> versions() {
    return Set.copyOf(versions);
  }

  @Override
  public void seal(UUID version) {
    versions.add(version);
  }

  @Override
  public void unseal(UUID version) {
    versions.remove(version);
  }

  @Override
  public List<String> faults(UUID version) {
    return versions.contains(version) ? List.of() : List.of("not sealed");
  }

  @Override
  public Set<Layer> missing() {
    return missing;
  }

  @Override
  public List<Trial> tryLayers(UUID version) {
    return java.util.Arrays.stream(Layer.values())
        .map(
            layer ->
                new Trial(
                    layer, !missing.contains(layer), missing.contains(layer) ? "gone" : "refused"))
        .toList();
  }

  @Override
  public Path folder(UUID version) {
    return sealed.resolve(version.toString());
  }

  @Override
  public String fingerprint(Path file) {
    try {
      return "0:0:%d:%d:0:0:0:0:0"
          .formatted(Files.size(file), Files.getLastModifiedTime(file).toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<UUID> sealedDiskOf(String domainXml) {
    return DomainXml.parse(domainXml).disks().stream()
        .map(DomainDisk::file)
        .flatMap(java.util.stream.Stream::ofNullable)
        .filter(file -> file.startsWith(sealed))
        .map(file -> UUID.fromString(sealed.relativize(file).getName(0).toString()))
        .findFirst();
  }
}
