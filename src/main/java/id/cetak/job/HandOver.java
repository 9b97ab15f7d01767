package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.outbox.OutboundMessage;
import id.cetak.outbox.Outbox;
import id.cetak.producer.Sender;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Hands a command that any worker may take to the host that can serve it: through the outbox, so
 * that the message may be acknowledged here as soon as the copy is durable. A header names the
 * hosts that have handed it on, so that it cannot go in circles.
 */
@ApplicationScoped
class HandOver {
  private static final String TRIED = "x-cetak-tried";

  private final Instance<Placement> placements;
  private final Outbox outbox;
  private final String host;

  HandOver(Instance<Placement> placements, Outbox outbox, CetakConfig config) {
    this.placements = placements;
    this.outbox = outbox;
    this.host = config.host();
  }

  /**
   * Hands on what another host serves better. @return what was handed on, and is no job of this
   * host
   */
  Set<IntakeStore.Request> toBetterHosts(Collection<IntakeStore.Request> requests) {
    Set<IntakeStore.Request> handedOn = new HashSet<>();
    Map<List<Object>, String> answers = new HashMap<>();
    for (IntakeStore.Request request : requests) {
      Set<String> tried = tried(request);
      if (request.delivery().source() == Delivery.Source.ANY || !tried.isEmpty()) {
        // Commands that need the same have the same answer: asked once for a group.
        String better = hostFor(request.command(), tried, answers);
        if (!better.equals(host) && !tried.contains(better)) {
          send(request, better, tried);
          handedOn.add(request);
        }
      }
    }
    return handedOn;
  }

  private String hostFor(Command command, Set<String> tried, Map<List<Object>, String> answers) {
    Command placed = command.placedAs();
    for (Placement placement : placements) {
      Optional<Object> need = placement.need(placed);
      if (need.isPresent()) {
        return answers.computeIfAbsent(
            List.of(placed.type(), need.get(), tried),
            question -> placement.hostFor(placed, tried));
      }
    }
    return host;
  }

  private void send(IntakeStore.Request request, String better, Set<String> tried) {
    Set<String> triedNow = new LinkedHashSet<>(tried);
    triedNow.add(host);
    Map<String, String> headers = new HashMap<>(request.delivery().headers());
    headers.put(TRIED, String.join(",", triedNow));
    headers.put(Sender.HEADER, Objects.toString(request.producer(), ""));
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
  }

  private Set<String> tried(IntakeStore.Request request) {
    String header = request.delivery().headers().getOrDefault(TRIED, "");
    Set<String> tried = new LinkedHashSet<>(Arrays.asList(header.split(",", -1)));
    tried.remove("");
    return tried;
  }
}
