package id.cetak.template;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version that clones can be cast from, just looked at and found unchanged.
 *
 * @param domainXml the domain's definition as recorded at the seal
 * @param nvram the sealed UEFI variables, when the guest has any
 * @param digest SHA-256 of the sealed root disk
 * @param guest what the seal found the guest to be
 */
public record SealedVersion(
    UUID id,
    String template,
    int version,
    String host,
    String domainXml,
    List<SealedDisk> disks,
    @Nullable Path nvram,
    String digest,
    SealedGuest guest) {}
