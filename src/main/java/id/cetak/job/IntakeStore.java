package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.CommandRefused;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.failure.FailureCode;
import id.cetak.outbox.Outbox;
import id.cetak.producer.Ask;
import id.cetak.producer.Belongings;
import id.cetak.producer.Reach;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What commands write when they become jobs, or change one: a few statements for any number of
 * them. Must be called inside a transaction.
 */
@ApplicationScoped
class IntakeStore {
  // One document instead of a list of parameters: one plan, whatever the number of commands.
  private static final String INSERT =
      """
      insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline, cancel_requested,
                       whole_fleet, reply_to, correlation_id, traceparent, producer, clones, ended_at)
      select id, command_id, decode(content_hash, 'hex'), type, spec, :host, subject, :state,
             coalesce(deadline, clock_timestamp() + make_interval(secs => :defaultDeadline)),
             exists (select 1 from cancellation
                      where target = command_id and cancellation.producer in ('', coalesce(command.producer, ''))),
             whole_fleet, reply_to, correlation_id, traceparent, command.producer, clones,
             case when :state = 'COMPLETED' then clock_timestamp() end
        from jsonb_to_recordset(cast(:commands as jsonb))
             as command(id uuid, command_id text, content_hash text, type text, spec jsonb, subject text,
                        deadline timestamptz, whole_fleet boolean, reply_to text, correlation_id text, traceparent text,
                        producer text, clones integer)
      on conflict (command_id) do nothing
      returning id
      """;

  private static final String KNOWN =
      "select command_id, id, content_hash, state from job where command_id = any(:commandIds)";

  // A command and its cancel can arrive together, on two workers: whichever comes second must see
  // the first. All ids of a transaction at once and in one order, so that no two wait for each
  // other.
  private static final String SERIALIZE =
      """
      select count(cast(pg_advisory_xact_lock(key) as text))
        from (select distinct hashtext(id) as key from unnest(:commandIds) as id order by key) k
      """;

  private static final String REMEMBER_CANCEL =
      """
      insert into cancellation (target, remove_clones, producer) values (:target, :removeClones, :producer)
      on conflict (target, producer) do update set remove_clones = true where excluded.remove_clones
      """;

  private static final String REQUEST_CANCEL =
      """
      update job set cancel_requested = true,
             run_after = case when deadline is null then run_after else clock_timestamp() end
       where command_id = :target and type <> 'CANCEL' and state not in ('COMPLETED', 'FAILED', 'CANCELLED')
      returning id
      """;

  private final EntityManager database;
  private final Outbox outbox;
  private final ObjectMapper json;
  private final CetakConfig config;
  private final Belongings belongings;

  IntakeStore(
      EntityManager database,
      Outbox outbox,
      ObjectMapper json,
      CetakConfig config,
      Belongings belongings) {
    this.belongings = belongings;
    this.database = database;
    this.outbox = outbox;
    this.json = json;
    this.config = config;
  }

  /** A command with what came with it. */
  record Request(Command command, byte[] hash, Delivery delivery) implements Ask {
    @Override
    public @Nullable String producer() {
      return delivery.sender().producer();
    }
  }

  /**
   * What became of a group.
   *
   * @param queued new jobs that wait to be run
   * @param refused requests that are no job after all: their id was used before for something else,
   *     or their sender may not ask for it
   */
  record Accepted(int queued, Map<Request, CommandRefused> refused) {}

  /** The job to stop, when it lives; or why this is no cancel. */
  record Cancelled(Optional<UUID> stopped, Optional<CommandRefused> refused) {}

  /** Makes a job of each request that is new; of one that is not, tells the outcome again. */
  Accepted accept(Collection<Request> requests) {
    if (requests.isEmpty()) {
      return new Accepted(0, Map.of());
    }
    serialize(requests.stream().map(request -> request.command().id()), requests);
    Map<Request, CommandRefused> refusals = belongings.refusals(requests);
    List<Request> allowed = new ArrayList<>(requests);
    allowed.removeAll(refusals.keySet());
    Map<UUID, Request> begun = insert(allowed, JobState.QUEUED);
    // Here, still in this transaction, a new command may add what belongs to its job: begun has
    // the new jobs' ids with their requests.
    if (begun.size() < allowed.size()) {
      List<Request> others = new ArrayList<>(allowed);
      others.removeAll(begun.values());
      Map<String, Tuple> known = known(others.stream().map(request -> request.command().id()));
      for (Request request : others) {
        repeated(request, known).ifPresent(refused -> refusals.put(request, refused));
      }
    }
    return new Accepted(begun.size(), refusals);
  }

  /** Carries out a cancel: marks its target, or remembers it for a target that has not come yet. */
  Cancelled cancel(Request request, Command.Cancel cancel) {
    serialize(Stream.of(cancel.id(), cancel.target()), List.of(request));
    CommandRefused refused = belongings.refusals(List.of(request)).get(request);
    if (refused != null) {
      return new Cancelled(Optional.empty(), Optional.of(refused));
    }
    Map<UUID, Request> begun = insert(List.of(request), JobState.COMPLETED);
    if (begun.isEmpty()) {
      return new Cancelled(Optional.empty(), repeated(request, known(Stream.of(cancel.id()))));
    }
    database
        .createNativeQuery(REMEMBER_CANCEL)
        .setParameter("target", cancel.target().value())
        .setParameter("removeClones", cancel.removeClones())
        .setParameter("producer", belongings.cancelsOnlyFor(request.producer()))
        .executeUpdate();
    @SuppressWarnings("unchecked")
    List<Tuple> marked =
        database
            .createNativeQuery(REQUEST_CANCEL, Tuple.class)
            .setParameter("target", cancel.target().value())
            .getResultList();
    List<UUID> stopped = ids(marked);
    String outcome =
        !stopped.isEmpty()
            ? "stopping"
            : known(Stream.of(cancel.target())).isEmpty() ? "not-seen-yet" : "ended-already";
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("commandId", cancel.id().value());
    data.put("host", config.host());
    data.put("target", cancel.target().value());
    data.put("outcome", outcome);
    outbox.publish(
        new Event(UUID.randomUUID(), EventType.CANCEL_COMPLETED, cancel.subject(), data),
        envelope(begun.keySet().iterator().next(), request));
    return new Cancelled(stopped.stream().findFirst(), Optional.empty());
  }

  /** Of several with one id, also of one group, the first makes the job. @return those that did */
  private Map<UUID, Request> insert(Collection<Request> requests, JobState state) {
    Map<UUID, Request> offered = new LinkedHashMap<>();
    requests.forEach(request -> offered.put(UUID.randomUUID(), request));
    List<Map<String, Object>> commands = new ArrayList<>();
    offered.forEach((id, request) -> commands.add(row(id, request)));
    @SuppressWarnings("unchecked")
    List<Tuple> made =
        database
            .createNativeQuery(INSERT, Tuple.class)
            .setParameter("commands", text(commands))
            .setParameter("host", config.host())
            .setParameter("state", state.name())
            .setParameter("defaultDeadline", config.run().deadline().toSeconds())
            .getResultList();
    offered.keySet().retainAll(Set.copyOf(ids(made)));
    return offered;
  }

  private static Map<String, Object> row(UUID id, Request request) {
    Command command = request.command();
    Delivery delivery = request.delivery();
    Map<String, Object> row = new HashMap<>();
    row.put("id", id);
    row.put("command_id", command.id().value());
    row.put("content_hash", HexFormat.of().formatHex(request.hash()));
    row.put("type", command.type().name());
    row.put("spec", command);
    row.put("subject", command.subject());
    row.put("deadline", Objects.toString(command.deadline(), null));
    row.put("whole_fleet", delivery.source() != Delivery.Source.HOST);
    row.put("reply_to", delivery.replyTo());
    row.put("correlation_id", delivery.correlationId());
    row.put("traceparent", delivery.traceparent());
    row.put("producer", request.producer());
    row.put("clones", Reach.of(command).clones());
    return row;
  }

  // The same request again: its outcome, when there is one, is told again. Another one under the
  // same id is refused.
  private Optional<CommandRefused> repeated(Request request, Map<String, Tuple> known) {
    CommandId id = request.command().id();
    Tuple job = known.get(id.value());
    if (job == null) {
      throw new IllegalStateException("Job of command " + id + " vanished");
    }
    if (!Arrays.equals(job.get("content_hash", byte[].class), request.hash())) {
      return Optional.of(
          new CommandRefused(
              FailureCode.ID_REUSED,
              "Command id '%s' was used before for a command with other content, which stands. Send this one under a new id."
                  .formatted(id),
              "id",
              id));
    }
    if (JobState.valueOf(job.get("state", String.class)).ended()) {
      outbox.repeat(
          job.get("id", UUID.class),
          request.delivery().replyTo(),
          request.delivery().correlationId());
    }
    return Optional.empty();
  }

  private static List<UUID> ids(List<Tuple> rows) {
    return rows.stream().map(row -> row.get("id", UUID.class)).toList();
  }

  private void serialize(Stream<CommandId> ids, Collection<Request> requests) {
    String[] names =
        Stream.concat(ids.map(CommandId::value), belongings.locks(requests).stream())
            .toArray(String[]::new);
    database.createNativeQuery(SERIALIZE).setParameter("commandIds", names).getSingleResult();
  }

  private Map<String, Tuple> known(Stream<CommandId> ids) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(KNOWN, Tuple.class)
            .setParameter("commandIds", texts(ids))
            .getResultList();
    Map<String, Tuple> known = new HashMap<>();
    rows.forEach(row -> known.put(row.get("command_id", String.class), row));
    return known;
  }

  private static String[] texts(Stream<CommandId> ids) {
    return ids.map(CommandId::value).toArray(String[]::new);
  }

  private static Outbox.Envelope envelope(UUID jobId, Request request) {
    String correlationId = request.delivery().correlationId();
    return new Outbox.Envelope(
        jobId,
        correlationId == null ? request.command().id().value() : correlationId,
        request.delivery().replyTo(),
        request.delivery().traceparent());
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Commands cannot be written as JSON", e);
    }
  }
}
