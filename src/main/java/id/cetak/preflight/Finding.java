package id.cetak.preflight;

/**
 * One thing that a dry run found.
 *
 * @param code a word for programs: of {@link id.cetak.failure.FailureCode} or {@link Remark}
 * @param reason for people
 * @param remedy what to do; empty for nothing
 */
public record Finding(String code, Severity severity, String reason, String remedy) {}
