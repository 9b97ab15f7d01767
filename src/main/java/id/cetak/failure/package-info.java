/** What can go wrong, as a closed list, and who must act on it. Knows nothing else of Cetak. */
@org.jspecify.annotations.NullMarked
package id.cetak.failure;
