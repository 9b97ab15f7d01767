package id.cetak.audit;

import id.cetak.hypervisor.GuestIdentity;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of a template, as it was found on its host.
 *
 * @param images its sealed disks, in order
 * @param guest what was read from them; null when they could not be read
 * @param copies domains of the host whose disks show the very bytes of the sealed ones
 */
record Sealed(
    String template,
    int version,
    String host,
    List<String> images,
    @Nullable GuestIdentity guest,
    List<UUID> copies) {
  Sealed {
    images = List.copyOf(images);
    copies = List.copyOf(copies);
  }

  String label() {
    return template + "@" + version;
  }

  /** What of this kind a clone of it would have from the start; nothing, when it is clean. */
  List<String> carries(Kind kind) {
    if (guest == null) {
      return List.of();
    }
    var nobody = new Definition("", new UUID(0, 0), List.of(), "", null, List.of(), null);
    return kind.of(new Vm(host, nobody, null, null, List.of(), false, guest, null));
  }
}
