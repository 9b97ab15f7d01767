package id.cetak.hypervisor;

/**
 * What a file system has for the worker.
 *
 * @param bytes what it can still take
 * @param inodes files and folders that it can still take; {@link Long#MAX_VALUE} where the file
 *     system has no such limit
 * @param totalBytes what it would have if it were empty
 * @param totalInodes likewise
 */
public record FreeSpace(long bytes, long inodes, long totalBytes, long totalInodes) {}
