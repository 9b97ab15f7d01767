package id.cetak.template;

import id.cetak.hypervisor.GuestDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything a seal decides before its first effect.
 *
 * @param version the number that the new version will have
 * @param parent the version that the domain was cast from, when it was cast from this template
 * @param domainXml the domain's definition, as the version will record it
 * @param work the folder for overlays, removed at the end
 * @param folder the folder of the sealed files
 */
public record SealPlan(
    @Override String template,
    @Override int version,
    @Override @Nullable Integer parent,
    UUID domain,
    @Override String domainXml,
    List<PlannedDisk> disks,
    @Nullable Path nvram,
    @Override Path work,
    @Override Path folder)
    implements VersionPlan {
  /** What the sealed UEFI variables are called. */
  static final String NVRAM = "nvram.fd";

  /** A disk of the source domain. */
  public record PlannedDisk(String target, Path source, String format, long virtualSizeBytes) {}

  /** What the n-th disk is called, as an overlay and as a sealed file. */
  static String diskName(int n) {
    return VersionPlan.diskName(n);
  }

  @Override
  public VersionKind kind() {
    return VersionKind.SYSPREPPED;
  }

  @Override
  public String what() {
    return "Seal of template '%s'".formatted(template);
  }

  @Override
  public String remedy() {
    return "Remove it in the guest, or name its path in removePaths; the domain is untouched";
  }

  @Override
  public List<VersionDisk> versionDisks() {
    return IntStream.range(0, disks.size())
        .mapToObj(
            n ->
                new VersionDisk(
                    diskName(n), disks.get(n).target(), disks.get(n).virtualSizeBytes()))
        .toList();
  }

  @Override
  public @Nullable String nvramName() {
    return nvram == null ? null : NVRAM;
  }

  /** The overlays, as they were cleaned. */
  @Override
  public List<GuestDisk> attested() {
    return OverlayStep.overlays(this);
  }
}
