package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Hands out the right to run a libguestfs appliance: at most {@code cetak.tools.appliances} at
 * once, each with a temporary folder that goes when it ends, all with one cache of the appliance
 * itself: about 370 MB, built by the first, in {@code work/.guestfs} below the images unless the
 * worker's own {@code LIBGUESTFS_CACHEDIR} names another place.
 */
@ApplicationScoped
class Appliances {
  private static final Logger LOG = Logger.getLogger(Appliances.class);
  private static final long ASK_MILLIS = 200;

  /** A socket's path has 108 bytes, of which libguestfs adds 32. */
  private static final int MAX_SOCKET_FOLDER = 70;

  private final Semaphore places;
  private final Path cache;
  private final RunFolders folders;
  private final Accelerator accelerator;

  @Inject
  Appliances(CetakConfig config, ProcessRunner runner) {
    this(config, runner, System.getenv());
  }

  Appliances(CetakConfig config, ProcessRunner runner, Map<String, String> environment) {
    Path work = config.images().directory().toAbsolutePath().resolve("work");
    String named = environment.get("LIBGUESTFS_CACHEDIR");
    this.places = new Semaphore(config.tools().appliances(), true);
    this.cache = named == null ? work.resolve(".guestfs") : Path.of(named);
    this.folders = new RunFolders(work.resolve(".tmp"));
    this.accelerator =
        new Accelerator(config.tools().guestfish(), cache.resolve("accelerator"), runner);
    accelerator.decided(environment.get(Accelerator.SETTINGS));
  }

  /** Removes what a killed worker left, before the first run would. */
  void sweep(@Observes StartupEvent event) {
    try {
      folders.removeAbandoned();
    } catch (IOException e) {
      LOG.debugf(e, "Left-over folders of tools are removed by the next run");
    }
  }

  /** What is done with an appliance. */
  @FunctionalInterface
  interface Use<T> {
    T with(Place place) throws IOException;
  }

  /**
   * The right to run an appliance.
   *
   * @param folder private and empty; removed when the use ends
   */
  record Place(Path folder, Path cache, String settings) {
    ToolCall prepare(ToolCall call) {
      return environment(call, folder, cache).with(Accelerator.SETTINGS, settings);
    }

    private static ToolCall environment(ToolCall call, Path folder, Path cache) {
      boolean fits = folder.toString().length() <= MAX_SOCKET_FOLDER;
      return call.with("TMPDIR", folder.toString())
          .with("LIBGUESTFS_CACHEDIR", cache.toString())
          .with("XDG_RUNTIME_DIR", fits ? folder.toString() : "/tmp");
    }
  }

  /**
   * Waits for a place, asking {@code stop} all the while, and uses it.
   *
   * @param what the beginning of an error sentence
   */
  <T> T use(String what, StopSignal stop, Use<T> use) {
    take(what, stop);
    try (RunFolders.RunFolder folder = folders.create()) {
      Files.createDirectories(cache);
      ToolCall probe = Place.environment(accelerator.probe(), folder.path(), cache);
      return use.with(new Place(folder.path(), cache, accelerator.settings(probe, stop)));
    } catch (IOException e) {
      throw ToolFailure.of(what, cache, e);
    } finally {
      places.release();
    }
  }

  private void take(String what, StopSignal stop) {
    try {
      do {
        stop.check();
      } while (!places.tryAcquire(ASK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(FailureCode.TOOL_FAILED, what + ": the worker is stopping.", e);
    }
  }
}
