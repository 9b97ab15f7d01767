package id.cetak.template;

import java.nio.file.Path;

/**
 * A disk of a sealed version.
 *
 * @param target what the guest bus calls it, such as {@code vda}
 */
public record SealedDisk(String target, Path image, String format, long virtualSizeBytes) {}
