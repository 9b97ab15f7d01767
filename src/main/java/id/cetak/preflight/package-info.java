/**
 * Dry runs: what would come of a command, all at once, without touching anything. Knows no feature:
 * each says itself what it looks at.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.preflight;
