package id.cetak.template;

import java.util.UUID;

/** The attempt of a job that retires a version under its template's exclusive lock. */
record Retirement(UUID job, int attempt, long fence, UUID version) {}
