package id.cetak.app;

import io.smallrye.config.WithDefault;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What one producer may ask for, under {@code cetak.producers."<user>"}; the user is the AMQP user
 * that the broker vouches for. Names may hold {@code *}, which stands for any text.
 */
public interface ProducerSettings {
  /** Templates that it may clone from and, with the command for it, change. */
  Set<String> templates();

  /**
   * Hosts that it may send to by {@code host.<host>}; the word {@code any} lets it send to {@code
   * any}, and with that to every host.
   */
  @WithDefault("*")
  Set<String> hosts();

  /**
   * Commands, by their words. {@code sysprep} takes any VM of a host: grant it to people you trust.
   */
  @WithDefault("clone,clone-batch,delete,verify,cancel")
  Set<String> commands();

  /**
   * How many of its clones there may be at once: those that stand, and those that it has asked for
   * and that are not made yet. Unlimited when it is not set; too low refuses clones that others
   * would have room for.
   */
  OptionalInt openClones();
}
