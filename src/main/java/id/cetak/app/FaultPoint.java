package id.cetak.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Named places in the code where a test holds the process, to do something to it or to what it
 * stands on. Does nothing unless {@code cetak.fault-points} names a folder, which only tests do.
 *
 * <p>A file there with a place's name holds the next thread that comes to the place: the file
 * becomes {@code <place>@<process id>}, and the thread stands still for as long as that is there.
 */
@ApplicationScoped
public class FaultPoint {
  private static final long LOOK_NANOS = 5_000_000;

  private final Optional<Path> folder;

  FaultPoint(@ConfigProperty(name = "cetak.fault-points") Optional<Path> folder) {
    this.folder = folder;
  }

  /**
   * Says that the code has come to a place, named by type, step and moment with dots between them.
   */
  public void reached(String place) {
    if (folder.isPresent()) {
      stand(
          folder.get().resolve(place),
          folder.get().resolve(place + "@" + ProcessHandle.current().pid()));
    }
  }

  private static void stand(Path wanted, Path reached) {
    try {
      Files.move(wanted, reached, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException nobodyWaitsHere) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (Files.exists(reached)) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
