/**
 * One command, all hosts: a job that has each host do its part, waits for no host without bound,
 * and gathers what they report. Knows no feature, and touches no host.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.fleet;
