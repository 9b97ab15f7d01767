/**
 * The engine: commands become durable jobs, jobs are claimed, run, retried and ended. Names no
 * feature.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.job;
