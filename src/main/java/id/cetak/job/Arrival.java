package id.cetak.job;

import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import id.cetak.command.CommandRefused;
import id.cetak.producer.Grants;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One message on its way in. Belongs to the thread of its lane, but for the promise. */
final class Arrival {
  private static final Duration LEAST_PAUSE = Duration.ofMillis(200);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(10);

  private final Delivery delivery;
  private final long sinceNanos;
  private final CompletableFuture<Void> durable = new CompletableFuture<>();
  private IntakeStore.@Nullable Request request;
  private @Nullable CommandRefused refused;
  private boolean alone;
  private Duration pause = LEAST_PAUSE;
  private long notBeforeNanos;

  Arrival(Delivery delivery) {
    this.delivery = delivery;
    this.sinceNanos = System.nanoTime();
    this.notBeforeNanos = sinceNanos;
  }

  /** Makes a command of the bytes, or a refusal. */
  void read(CommandReader reader) {
    if (request != null || refused != null) {
      return;
    }
    try {
      Command command = reader.read(delivery.body(), delivery.messageId());
      request =
          new IntakeStore.Request(command, sha256(CommandReader.canonical(command)), delivery);
    } catch (CommandRefused e) {
      refused = e;
    }
  }

  /** Refuses the command when its sender is not granted it. */
  void demand(Grants grants, String host) {
    IntakeStore.Request made = request;
    if (made == null) {
      return;
    }
    boolean here = delivery.source() == Delivery.Source.HOST && !delivery.sender().handedOn();
    try {
      grants.demand(made.command(), delivery.sender(), here ? host : null);
    } catch (CommandRefused e) {
      refused = e;
      request = null;
    }
  }

  Delivery delivery() {
    return delivery;
  }

  /** Why it is no command; null when it is one. */
  @Nullable CommandRefused refused() {
    return refused;
  }

  /** The command that it is, unless it was refused. */
  IntakeStore.Request request() {
    return Objects.requireNonNull(request);
  }

  /** Completes when its outcome is durable. */
  CompletableFuture<Void> durable() {
    return durable;
  }

  boolean isCancel() {
    return request != null && request.command() instanceof Command.Cancel;
  }

  /** Whether it becomes work for a run slot; control messages do not wait for one. */
  boolean needsRoom() {
    return request != null && !isCancel() && delivery.source() != Delivery.Source.CONTROL;
  }

  /** A cancel touches rows of other jobs; whatever failed in company is tried by itself. */
  boolean goesAlone() {
    return alone || isCancel();
  }

  void separate() {
    alone = true;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - sinceNanos);
  }

  /** Tried again later, each time after twice the pause. */
  void postpone() {
    notBeforeNanos = System.nanoTime() + pause.toNanos();
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(MOST_PAUSE) < 0 ? doubled : MOST_PAUSE;
  }

  /** Until the next try; zero or less when it is due. */
  long nanosLeft() {
    return notBeforeNanos - System.nanoTime();
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
