package id.cetak.messaging;

import id.cetak.outbox.MessagePublisher.Fate;
import id.cetak.outbox.OutboundMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the messages of one round so far. The broker's words come on the connection's
 * own thread: for an unroutable message first that it is returned, then that it is confirmed.
 */
final class PublishRound {
  private final List<OutboundMessage> messages;
  private final long firstTag;
  private final boolean[] returned;
  private final Fate[] fates;
  private int open;
  private boolean over;

  PublishRound(List<OutboundMessage> messages, long firstTag) {
    this.messages = messages;
    this.firstTag = firstTag;
    this.returned = new boolean[messages.size()];
    this.fates = new Fate[messages.size()];
    Arrays.fill(fates, Fate.UNKNOWN);
    this.open = messages.size();
  }

  /** The broker has no queue for this one; one id may go to several places in one round. */
  synchronized void returned(@Nullable String messageId, String exchange, String routingKey) {
    for (int i = 0; i < messages.size(); i++) {
      OutboundMessage message = messages.get(i);
      if (Objects.equals(message.messageId(), messageId)
          && message.exchange().equals(exchange)
          && message.routingKey().equals(routingKey)) {
        returned[i] = true;
      }
    }
  }

  /** Tags of an earlier round, confirmed late, are none of this one's. */
  synchronized void answered(long tag, boolean multiple, boolean taken) {
    long last = Math.min(tag - firstTag, messages.size() - 1L);
    for (long i = multiple ? 0 : last; i >= 0 && i <= last; i++) {
      int at = (int) i;
      if (fates[at] == Fate.UNKNOWN && taken) {
        fates[at] = returned[at] ? Fate.RETURNED : Fate.CONFIRMED;
        open--;
      } else if (!taken) {
        // A queue could not take it, another may have.
        over = true;
      }
    }
    if (open == 0) {
      over = true;
    }
    notifyAll();
  }

  /** No further answer is to be waited for. */
  synchronized void giveUp() {
    over = true;
    notifyAll();
  }

  /** Waits until every message is answered, or no further answer is to be had, or time is up. */
  synchronized void await(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    long left = most.toNanos();
    while (!over && left > 0) {
      wait(left / 1_000_000, (int) (left % 1_000_000));
      left = end - System.nanoTime();
    }
  }

  synchronized List<Fate> fates() {
    return List.of(fates.clone());
  }
}
