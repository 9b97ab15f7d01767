/** Configuration, clock and randomness: what the environment gives the worker. Knows no feature. */
@org.jspecify.annotations.NullMarked
package id.cetak.app;
