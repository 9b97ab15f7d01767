/** What operators look at: whether the parts that a worker stands on are there. Changes nothing. */
@org.jspecify.annotations.NullMarked
package id.cetak.ops;
