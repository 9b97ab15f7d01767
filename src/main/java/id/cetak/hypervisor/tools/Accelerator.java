package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether libguestfs may use KVM on this host. That a {@code /dev/kvm} opens says little: inside
 * some VMs it opens and every Linux below it hangs or dies. So the answer is found by running what
 * will be run:
 *
 * <ol>
 *   <li>An operator's own {@code LIBGUESTFS_BACKEND_SETTINGS} decides, unasked.
 *   <li>A {@code /dev/kvm} that is missing or not ours to open means no.
 *   <li>Else an empty libguestfs appliance is booted, with KVM, when the first user needs one. It
 *       is up within two minutes, or KVM is not used.
 * </ol>
 *
 * The verdict of 3 holds until the host reboots, across restarts of the worker: it is kept beside
 * the appliance, together with the boot's id.
 */
final class Accelerator {
  static final String SETTINGS = "LIBGUESTFS_BACKEND_SETTINGS";
  private static final Logger LOG = Logger.getLogger(Accelerator.class);
  private static final String WITHOUT_KVM = "force_tcg";
  private static final Path KVM = Path.of("/dev/kvm");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final String guestfish;
  private final Path verdictFile;
  private final ProcessRunner runner;
  private @Nullable String settings;

  Accelerator(String guestfish, Path verdictFile, ProcessRunner runner) {
    this.guestfish = guestfish;
    this.verdictFile = verdictFile;
    this.runner = runner;
  }

  /** Takes an operator's decision, when there is one. */
  synchronized void decided(@Nullable String byOperator) {
    settings = byOperator;
  }

  /**
   * What libguestfs is to be told in {@code LIBGUESTFS_BACKEND_SETTINGS}; may take two minutes the
   * first time.
   *
   * @param probe the call of {@link #probe}, with the environment of an appliance
   */
  synchronized String settings(ToolCall probe, StopSignal stop) {
    String known = settings;
    if (known == null) {
      boolean usable =
          Files.isReadable(KVM) && Files.isWritable(KVM) && bootsAnAppliance(probe, stop);
      known = usable ? "" : WITHOUT_KVM;
      settings = known;
    }
    return known;
  }

  /** Starts an appliance without disks and ends it. */
  ToolCall probe() {
    return ToolCall.of("Start of an appliance with KVM", Duration.ofMinutes(2), guestfish)
        .args("--add", "/dev/null", "run")
        .with(SETTINGS, "");
  }

  private boolean bootsAnAppliance(ToolCall probe, StopSignal stop) {
    String boot = read(BOOT_ID);
    String known = read(verdictFile);
    if (!boot.isEmpty() && known.startsWith(boot + " ")) {
      return known.endsWith(" kvm");
    }
    boolean boots;
    try {
      ToolResult result = runner.run(probe, stop);
      boots = result.succeeded();
      LOG.infof("KVM for libguestfs: %s", boots ? "works" : "unusable, " + result.lastWords());
    } catch (Failure e) {
      // A time-out is an answer; that the job or the worker has to end is none.
      stop.check();
      if (Thread.currentThread().isInterrupted()) {
        throw e;
      }
      boots = false;
      LOG.infof("KVM for libguestfs: unusable, %s", e.reason());
    }
    remember(boot + (boots ? " kvm" : " tcg"));
    return boots;
  }

  private void remember(String verdict) {
    try {
      Files.writeString(verdictFile, verdict);
    } catch (IOException e) {
      LOG.debugf(e, "The verdict on KVM is found again after a restart");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
