package id.cetak.template;

import java.util.UUID;

/**
 * Told inside the transaction that seals a version: the source domain is gone for good, with its
 * disks.
 */
public record DomainConsumed(UUID domain) {}
