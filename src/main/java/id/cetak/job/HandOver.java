package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.outbox.OutboundMessage;
import id.cetak.outbox.Outbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Hands a command that any worker may take to the host that can serve it: through the outbox, so
 * that the message may be acknowledged here as soon as the copy is durable. A header names the
 * hosts that have handed it on, so that it cannot go in circles.
 */
@ApplicationScoped
class HandOver {
  private static final String TRIED = "x-cetak-tried";

  private final Placement placement;
  private final Outbox outbox;
  private final String host;

  HandOver(Placement placement, Outbox outbox, CetakConfig config) {
    this.placement = placement;
    this.outbox = outbox;
    this.host = config.host();
  }

  boolean wasHandedOver(IntakeStore.Request request) {
    return request.delivery().headers().containsKey(TRIED);
  }

  /** Hands it on when another host serves it better; false when this host should take it. */
  @Transactional
  boolean toBetterHost(IntakeStore.Request request) {
    Set<String> tried = tried(request);
    String better = placement.hostFor(request.command(), tried);
    if (better.equals(host) || tried.contains(better)) {
      return false;
    }
    tried.add(host);
    Map<String, String> headers = new HashMap<>(request.delivery().headers());
    headers.put(TRIED, String.join(",", tried));
    outbox.add(
        null,
        new OutboundMessage(
            request.delivery().messageId(),
            "command:" + request.command().id(),
            "cetak.commands",
            "host." + better,
            "application/json",
            request.delivery().correlationId(),
            request.delivery().replyTo(),
            headers,
            request.delivery().body(),
            false));
    return true;
  }

  private Set<String> tried(IntakeStore.Request request) {
    String header = request.delivery().headers().getOrDefault(TRIED, "");
    Set<String> tried = new LinkedHashSet<>(Arrays.asList(header.split(",", -1)));
    tried.remove("");
    return tried;
  }
}
