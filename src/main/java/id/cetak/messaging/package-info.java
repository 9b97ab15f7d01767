/**
 * The way from and to RabbitMQ: topology, consumers, publisher, and the watch over them. Knows the
 * engine's intake and the outbox's port; knows no feature, no hypervisor and no table.
 *
 * <p>Three kinds of connection, so that trouble with one does not stop the others: one per consumed
 * queue, one that publishes (the broker blocks publishers when it is short of memory or disk), and
 * one that only looks.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.messaging;
