package id.cetak.template;

import id.cetak.hypervisor.GuestDisk;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the steps that end the making of a version need to know of it, be it a domain's seal or an
 * image's import.
 */
interface VersionPlan {
  String template();

  int version();

  /** The version that it follows from; null for none. */
  @Nullable Integer parent();

  /** The definition that clones are cast from. */
  String domainXml();

  /** The folder of what is needed on the way, removed at the end. */
  Path work();

  /** The folder of the sealed files. */
  Path folder();

  VersionKind kind();

  /** What is being done, as the beginning of an error sentence. */
  String what();

  /** What a caller can do when the image still carries an identity, as the end of a sentence. */
  String remedy();

  /** Every disk, in order. */
  List<VersionDisk> versionDisks();

  /** The sealed UEFI variables' name; null when the guest has none. */
  @Nullable String nvramName();

  /** What is read for the attestation. */
  List<GuestDisk> attested();

  /**
   * A disk of the version.
   *
   * @param name of its file in the folder
   */
  record VersionDisk(String name, String target, long virtualSizeBytes) {}

  /** What the n-th disk is called, on the way and as a sealed file. */
  static String diskName(int n) {
    return "disk-" + n + ".qcow2";
  }

  default String label() {
    return template() + "@" + version();
  }
}
