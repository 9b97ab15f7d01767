/**
 * Room on a host's file system, promised to a job before its first byte is written. Knows no
 * feature: what needs room says how much.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.admission;
