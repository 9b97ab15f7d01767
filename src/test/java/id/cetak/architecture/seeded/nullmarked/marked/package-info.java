/** Says what it is for. */
@org.jspecify.annotations.NullMarked
package id.cetak.architecture.seeded.nullmarked.marked;
