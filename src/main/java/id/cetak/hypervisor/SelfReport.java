package id.cetak.hypervisor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a guest says of itself: its own word, which whoever has power in it can bend. The shapes of
 * the values were checked, and their sizes are bounded.
 *
 * @param instanceId what its first boot took from the seed; null when it does not tell
 * @param machineId 32 hexadecimal digits; null when it has none
 * @param hostKeys the public halves of its SSH host keys, each as type, space and base64, or as its
 *     fingerprint alone
 */
public record SelfReport(
    Source source,
    @Nullable String instanceId,
    String hostName,
    @Nullable String machineId,
    List<String> hostKeys) {
  public SelfReport {
    hostKeys = List.copyOf(hostKeys);
  }

  /** Where it said so. */
  public enum Source {
    /** The QEMU guest agent answered. */
    AGENT,
    /** A line on its serial console. */
    CONSOLE,
    /** Its disks, while it was off. */
    DISK
  }
}
