package id.cetak.producer;

import id.cetak.command.Command;
import org.jspecify.annotations.Nullable;

/** A command, and who asks for it. */
public interface Ask {
  Command command();

  /** The AMQP user that the broker vouches for; null when nobody is known. */
  @Nullable String producer();
}
