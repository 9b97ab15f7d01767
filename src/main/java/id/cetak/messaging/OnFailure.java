package id.cetak.messaging;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.rabbitmq.ClientHolder;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMessage;
import io.smallrye.reactive.messaging.rabbitmq.RabbitMQConnector;
import io.smallrye.reactive.messaging.rabbitmq.RabbitMQConnectorIncomingConfiguration;
import io.smallrye.reactive.messaging.rabbitmq.fault.RabbitMQFailureHandler;
import io.vertx.mutiny.core.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;

/**
 * What becomes of a delivery whose handler failed. The connector's own strategies either
 * dead-letter it or give it back at once; and a worker that is told to stop refuses every delivery
 * that still comes, which would turn a whole queue into dead letters, or into a hot loop. Here it
 * is left alone, and goes back when the connection ends, unless {@link NotAccepted} says otherwise.
 */
@ApplicationScoped
@Identifier(OnFailure.STRATEGY)
class OnFailure implements RabbitMQFailureHandler.Factory {
  static final String STRATEGY = "cetak";

  private static final Logger LOG = Logger.getLogger(OnFailure.class);

  @Override
  public RabbitMQFailureHandler create(
      RabbitMQConnectorIncomingConfiguration config, RabbitMQConnector connector) {
    return new RabbitMQFailureHandler() {
      @Override
      public <V> CompletionStage<Void> handle(
          IncomingRabbitMQMessage<V> message,
          Metadata metadata,
          Context context,
          Throwable reason) {
        return act(config.getChannel(), message, context, reason);
      }
    };
  }

  private static CompletionStage<Void> act(
      String channel, IncomingRabbitMQMessage<?> message, Context context, Throwable reason) {
    NotAccepted.Fate fate = fate(reason, channel);
    return switch (fate) {
      case LEFT -> CompletableFuture.completedFuture(null);
      case REQUEUED ->
          ClientHolder.runOnContext(context, message, m -> m.rejectMessage(reason, true));
      case DEAD -> ClientHolder.runOnContext(context, message, m -> m.rejectMessage(reason, false));
    };
  }

  private static NotAccepted.Fate fate(Throwable reason, String channel) {
    for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotAccepted refusal) {
        LOG.infof("A delivery of %s is %s: %s.", channel, refusal.fate(), refusal.getMessage());
        return refusal.fate();
      }
    }
    LOG.errorf(reason, "A delivery of %s is LEFT for a reason that nobody foresaw.", channel);
    return NotAccepted.Fate.LEFT;
  }
}
