/**
 * Who may ask for what: grants by the AMQP user that the broker vouches for, what belongs to whom,
 * and quotas. Knows commands; knows no job and no broker.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.producer;
