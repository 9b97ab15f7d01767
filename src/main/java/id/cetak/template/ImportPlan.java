package id.cetak.template;

import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.GuestDisk;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything an import decides before its first effect.
 *
 * @param image the file's name in the import folder
 * @param source what the image is, as a first look found it
 */
record ImportPlan(
    @Override String template,
    @Override int version,
    String image,
    ForeignImages.Kind source,
    @Override String domainXml,
    @Override Path work,
    @Override Path folder)
    implements VersionPlan {
  /** The disk's target in the definition. */
  static final String TARGET = "vda";

  /** The image as it was fetched. */
  Path copy() {
    return work.resolve("image");
  }

  /** The image as it will be sealed. */
  Path disk() {
    return folder.resolve(VersionPlan.diskName(0));
  }

  /** An imported image follows from nothing that is known here. */
  @Override
  public @Nullable Integer parent() {
    return null;
  }

  @Override
  public VersionKind kind() {
    return VersionKind.CLOUD_IMAGE;
  }

  @Override
  public String what() {
    return "Import of template '%s'".formatted(template);
  }

  @Override
  public String remedy() {
    return "Import the image as its maker published it, or start a VM from it and seal that one by sysprep";
  }

  @Override
  public List<VersionDisk> versionDisks() {
    return List.of(new VersionDisk(VersionPlan.diskName(0), TARGET, source.virtualSizeBytes()));
  }

  @Override
  public @Nullable String nvramName() {
    return null;
  }

  /** The very image that will be sealed. */
  @Override
  public List<GuestDisk> attested() {
    return List.of(new GuestDisk(disk(), "qcow2"));
  }
}
