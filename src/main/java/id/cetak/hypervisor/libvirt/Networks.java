package id.cetak.hypervisor.libvirt;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Which virtual networks the host has; those that it has are asked for once in a while. */
final class Networks {
  /** A network that goes meanwhile is missed when the domain starts, and said so by libvirt. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final Connections connections;

  /** When each was seen, by {@code System.nanoTime()}; none that does not exist. */
  private final Map<String, Long> seen = new ConcurrentHashMap<>();

  Networks(Connections connections) {
    this.connections = connections;
  }

  boolean has(String network) {
    long now = System.nanoTime();
    Long before = seen.get(network);
    if (before != null && now - before < FRESH.toNanos()) {
      return true;
    }
    boolean found =
        connections.look("Look-up of network '" + network + "'", link -> isOn(link, network));
    if (found) {
      seen.put(network, now);
    } else {
      seen.remove(network);
    }
    return found;
  }

  private static boolean isOn(Link link, String network) throws LibvirtException {
    try {
      link.connect().networkLookupByName(network).free();
      return true;
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_NETWORK) {
        return false;
      }
      throw e;
    }
  }
}
