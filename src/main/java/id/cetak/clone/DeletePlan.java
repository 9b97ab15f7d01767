package id.cetak.clone;

import java.util.UUID;

/**
 * What a deletion is going to remove.
 *
 * @param cloneId the clone's id, which is its domain's UUID
 * @param files where its files lie
 */
public record DeletePlan(UUID cloneId, String template, int version, CloneFiles files) {}
