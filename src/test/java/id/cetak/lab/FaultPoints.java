package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A folder by which places in workers are armed, seen and let go: see {@code FaultPoint}. */
public final class FaultPoints {
  private final Path folder;

  public FaultPoints(Lab lab) {
    try {
      this.folder = Files.createTempDirectory(lab.directory(), "places-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a worker has to be started with. */
  public Map<String, String> settings() {
    return Map.of("CETAK_FAULT_POINTS", folder.toString());
  }

  /** The next thread that comes there stands still. */
  public void arm(String place) {
    try {
      Files.createFile(folder.resolve(place));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process that stands at a place. */
  public OptionalLong standing(String place) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(place + "@"))
          .mapToLong(name -> Long.parseLong(name.substring(place.length() + 1)))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a process stands. */
  public List<String> placesOf(long pid) {
    String at = "@" + pid;
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(at))
          .map(name -> name.substring(0, name.length() - at.length()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets go whoever stands anywhere, and holds nobody any more. */
  public void releaseAll() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets go whoever stands at a place, and holds nobody there any more. */
  public void release(String place) {
    try {
      Files.deleteIfExists(folder.resolve(place));
      OptionalLong standing = standing(place);
      if (standing.isPresent()) {
        Files.deleteIfExists(folder.resolve(place + "@" + standing.getAsLong()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
