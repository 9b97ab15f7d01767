package id.cetak.messaging;

import java.io.Serial;

/** Why a delivery is not acknowledged, and what becomes of it. */
final class NotAccepted extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What becomes of the delivery. */
  enum Fate {
    /** Nothing: the broker gives it out again when this connection ends. */
    LEFT,
    /** It goes back to its queue now. */
    REQUEUED,
    /** It becomes a dead letter. */
    DEAD
  }

  private final Fate fate;

  private NotAccepted(Fate fate, String message) {
    super(message, null, false, false);
    this.fate = fate;
  }

  static NotAccepted inVain() {
    return new NotAccepted(Fate.REQUEUED, "It could not be taken in for a quarter of an hour");
  }

  static NotAccepted tooLarge(int bytes) {
    return new NotAccepted(Fate.DEAD, "Its body has " + bytes + " bytes");
  }

  Fate fate() {
    return fate;
  }
}
