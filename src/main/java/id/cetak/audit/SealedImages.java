package id.cetak.audit;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.GuestDisk;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.List;

/** The sealed images of this host, to be read beside its domains. */
@ApplicationScoped
class SealedImages {
  private final AuditStore store;
  private final Barrier barrier;

  SealedImages(AuditStore store, Barrier barrier) {
    this.store = store;
    this.barrier = barrier;
  }

  /** A version and its sealed disks. */
  record Kept(AuditStore.Version version, List<GuestDisk> disks) {
    List<String> paths() {
      return disks.stream().map(disk -> disk.image().toString()).toList();
    }
  }

  List<Kept> all() {
    return store.versions().stream().map(this::kept).toList();
  }

  private Kept kept(AuditStore.Version version) {
    Path folder = barrier.folder(version.id());
    return new Kept(
        version,
        version.files().stream()
            .map(file -> new GuestDisk(folder.resolve(file), "qcow2"))
            .toList());
  }
}
