/**
 * Compares a host with what the database says of it, and mends what can be mended without a doubt.
 * Removes nothing, ever: no domain, no file, no entry.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.reconcile;
