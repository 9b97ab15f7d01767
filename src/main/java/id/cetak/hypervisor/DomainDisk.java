package id.cetak.hypervisor;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A disk in a domain's definition.
 *
 * @param target what the guest bus calls it, such as {@code vda}
 * @param device {@code disk}, {@code cdrom}, {@code floppy} or {@code lun}
 * @param sourceType libvirt's {@code type} attribute: {@code file}, {@code block}, {@code volume},
 *     {@code network}, ...
 * @param file the image, when the source is a file
 * @param format the declared image format; {@code raw} when the definition declares none, as
 *     libvirt does
 */
public record DomainDisk(
    String target,
    String device,
    String sourceType,
    @Nullable Path file,
    String format,
    boolean readonly,
    boolean shareable) {
  /** Whether this is a disk that a guest owns, rather than a medium that is put in. */
  public boolean isOwnDisk() {
    return device.equals("disk") && !readonly;
  }
}
