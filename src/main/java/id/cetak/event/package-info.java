/** What Cetak tells the world, as CloudEvents. Knows no job and no broker. */
@org.jspecify.annotations.NullMarked
package id.cetak.event;
