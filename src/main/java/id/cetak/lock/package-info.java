/**
 * The lock of a template: shared by clones, exclusive to a seal, held by jobs. Knows no feature.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.lock;
