package id.cetak.identity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.UUID;

/**
 * Who a clone is.
 *
 * @param id the clone's id, which is also its domain's UUID
 * @param name the domain's name, unique in the fleet
 * @param hostname what the guest calls itself
 * @param macs one address per network interface, in the order of the definition; each unique in the
 *     fleet
 */
public record Identity(UUID id, String name, String hostname, List<String> macs) {
  public Identity {
    macs = List.copyOf(macs);
  }

  /**
   * What cloud-init knows the guest by. It stays the same for the clone's life, because another one
   * makes cloud-init replace the SSH host keys; and it is never derived from the seed's content,
   * because two clones may be given the same.
   */
  @JsonIgnore
  public String instanceId() {
    return id.toString();
  }
}
