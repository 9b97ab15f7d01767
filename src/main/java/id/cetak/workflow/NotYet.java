package id.cetak.workflow;

import java.time.Duration;

/**
 * Thrown by a step that can neither act nor fail now: its job is parked at no cost and asks again.
 * Nothing has gone wrong, so nothing is counted and nothing is logged.
 */
public final class NotYet extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String waitsOn;
  private final Duration askAgain;

  /**
   * @param waitsOn what is waited for, as {@code kind:name}; the colon keeps it apart from a
   *     template's name
   * @param sentence what is waited for, for people
   * @param askAgain when to look again at the latest; whoever ends the wait may wake the job sooner
   */
  public NotYet(String waitsOn, String sentence, Duration askAgain) {
    super(sentence, null, false, false);
    this.waitsOn = waitsOn;
    this.askAgain = askAgain;
  }

  public String waitsOn() {
    return waitsOn;
  }

  public String sentence() {
    return String.valueOf(getMessage());
  }

  public Duration askAgain() {
    return askAgain;
  }
}
