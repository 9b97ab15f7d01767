package id.cetak.clone;

import java.util.UUID;

/** The attempt of a job that takes a clone of its host: to remove it, or to change its disks. */
record CloneClaim(UUID job, int attempt, UUID cloneId, String host) {}
