package id.cetak.outbox;

import java.util.List;

/** Puts messages on the broker, persistent and mandatory, and waits until it has confirmed them. */
public interface MessagePublisher {
  /** What became of one message. */
  enum Fate {
    CONFIRMED,
    /** No queue took it. */
    RETURNED,
    /** Not confirmed in time, or the connection broke: it may or may not have arrived. */
    UNKNOWN
  }

  /**
   * Connects where that is still to be done, so that it is not done while a round holds the relay's
   * lock.
   *
   * @return false when the broker cannot be reached now
   */
  boolean connect();

  /**
   * Publishes in order. @return a fate for each message, in the same order; never throws for a
   * broker that is away
   */
  List<Fate> publish(List<OutboundMessage> messages);
}
