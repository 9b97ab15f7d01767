package id.cetak.hypervisor;

/**
 * What a file system can still take from the worker.
 *
 * @param inodes files and folders; {@link Long#MAX_VALUE} where the file system has no such limit
 */
public record FreeSpace(long bytes, long inodes) {}
