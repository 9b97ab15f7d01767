package id.cetak.producer;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a message, as far as the broker vouches for it.
 *
 * @param producer the AMQP user; null when the message says none
 * @param handedOn another worker had it first, and hands it on for that user
 */
public record Sender(@Nullable String producer, boolean handedOn) {
  /** The header in which one worker tells another for whom it hands a command on. */
  public static final String HEADER = "x-cetak-producer";

  /** A message that says no user. */
  public static final Sender UNKNOWN = new Sender(null, false);
}
