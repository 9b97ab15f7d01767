package id.cetak.hypervisor;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What stops a sealed disk from ever being booted or written. The privileged acts are done by a
 * small root program.
 */
public interface Barrier {
  /** The parts of the barrier; no single one is enough. */
  enum Layer {
    /** Owner root and mode 0440: QEMU cannot open the image for writing. */
    MODE,
    /**
     * The immutable flag on the files and their folder: not even libvirt, as root, changes or
     * renames them.
     */
    IMMUTABLE,
    /** libvirt's hook: no domain with a sealed disk starts, not even read-only. */
    HOOK
  }

  /**
   * Puts up the file layers for a version's folder and lists its files for the hook; doing it again
   * changes nothing.
   */
  void seal(UUID version);

  /**
   * Takes the file layers down; for undoing a seal that did not become a version, and for retiring
   * one.
   */
  void unseal(UUID version);

  /** Looks at the file layers of a version. @return a sentence per fault; empty when all hold */
  List<String> faults(UUID version);

  /** Proves the host's layers with a canary: which ones do not hold right now. */
  Set<Layer> missing();

  /** Tries for real what each layer forbids, by acts that would do no harm if they were let. */
  List<Trial> tryLayers(UUID version);

  /** The folder that holds a version's files. */
  Path folder(UUID version);

  /**
   * A number that changes whenever the file's content, owner, mode, flags or identity change; reads
   * only metadata.
   */
  String fingerprint(Path file);

  /**
   * The sealed version that a domain with this definition would boot or write, when there is one.
   */
  java.util.Optional<UUID> sealedDiskOf(String domainXml);
}
