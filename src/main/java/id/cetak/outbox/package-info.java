/**
 * Messages that leave in the same transaction as the state they report. Knows no broker: a
 * publisher is handed in.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.outbox;
