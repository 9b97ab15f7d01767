package id.cetak.workflow;

/** Which template a job needs, and whether it can share it. */
public record LockRequest(String template, boolean exclusive) {}
