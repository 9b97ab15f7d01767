package id.cetak.hypervisor;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an image file says of itself; the format is declared by the reader, never guessed.
 *
 * @param virtualSizeBytes the size that the guest sees
 * @param actualSizeBytes the room that it takes on the disk
 */
public record ImageFacts(
    String format,
    long virtualSizeBytes,
    long actualSizeBytes,
    @Nullable Path backingFile,
    @Nullable String backingFormat,
    int snapshots,
    boolean externalData) {}
