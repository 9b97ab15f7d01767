package id.cetak.hypervisor;

import java.util.List;

/**
 * What a seal removes from a guest beyond the usual.
 *
 * @param keepSshAuthorizedKeys leave the users' {@code .ssh} folders as they are
 * @param removePaths absolute guest paths, already checked against an allow-list of characters
 */
public record SysprepOptions(boolean keepSshAuthorizedKeys, List<String> removePaths) {}
