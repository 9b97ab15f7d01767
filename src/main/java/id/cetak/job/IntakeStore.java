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
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The transactions by which a command becomes a job, or changes one. */
@ApplicationScoped
class IntakeStore {
  private static final String INSERT =
      """
      insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline, cancel_requested,
                       reply_to, correlation_id, traceparent, ended_at)
      values (:id, :commandId, :hash, :type, cast(:spec as jsonb), :host, :subject, :state,
              coalesce(cast(:deadline as timestamptz), clock_timestamp() + make_interval(secs => :defaultDeadline)),
              exists (select 1 from cancellation where target = :commandId),
              :replyTo, :correlationId, :traceparent,
              case when :state = 'COMPLETED' then clock_timestamp() end)
      on conflict (command_id) do nothing
      """;

  private static final String KNOWN =
      "select id, content_hash, state from job where command_id = :commandId";

  // A command and its cancel can arrive together, on two workers: whichever comes second must see
  // the first.
  private static final String SERIALIZE =
      "select cast(pg_advisory_xact_lock(hashtext(:commandId)) as text)";

  private static final String REMEMBER_CANCEL =
      "insert into cancellation (target) values (:target) on conflict (target) do nothing";

  private static final String REQUEST_CANCEL =
      """
      update job set cancel_requested = true
       where command_id = :target and type <> 'CANCEL' and state not in ('COMPLETED', 'FAILED', 'CANCELLED')
      returning id
      """;

  private final EntityManager database;
  private final Outbox outbox;
  private final ObjectMapper json;
  private final CetakConfig config;

  IntakeStore(EntityManager database, Outbox outbox, ObjectMapper json, CetakConfig config) {
    this.database = database;
    this.outbox = outbox;
    this.json = json;
    this.config = config;
  }

  /** A command with what came with it. */
  record Request(Command command, byte[] hash, Delivery delivery) {}

  /** Whether a new job now waits to be run. @throws CommandRefused {@code ID_REUSED} */
  @Transactional(rollbackOn = Exception.class)
  boolean accept(Request request) throws CommandRefused {
    serialize(request.command().id());
    if (insert(UUID.randomUUID(), request, JobState.QUEUED)) {
      return true;
    }
    repeated(request);
    return false;
  }

  /**
   * Carries out a cancel: marks its target, or remembers it for a target that has not come yet.
   *
   * @return the job to stop, when it lives
   * @throws CommandRefused {@code ID_REUSED}
   */
  @Transactional(rollbackOn = Exception.class)
  Optional<UUID> cancel(Request request, Command.Cancel cancel) throws CommandRefused {
    UUID id = UUID.randomUUID();
    if (!insert(id, request, JobState.COMPLETED)) {
      repeated(request);
      return Optional.empty();
    }
    serialize(cancel.target());
    database
        .createNativeQuery(REMEMBER_CANCEL)
        .setParameter("target", cancel.target().value())
        .executeUpdate();
    @SuppressWarnings("unchecked")
    List<UUID> stopped =
        database
            .createNativeQuery(REQUEST_CANCEL, UUID.class)
            .setParameter("target", cancel.target().value())
            .getResultList();
    String outcome =
        !stopped.isEmpty()
            ? "stopping"
            : known(cancel.target()).isPresent() ? "ended-already" : "not-seen-yet";
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("commandId", cancel.id().value());
    data.put("host", config.host());
    data.put("target", cancel.target().value());
    data.put("outcome", outcome);
    outbox.publish(
        new Event(UUID.randomUUID(), EventType.CANCEL_COMPLETED, cancel.subject(), data),
        envelope(id, request));
    return stopped.stream().findFirst();
  }

  private boolean insert(UUID id, Request request, JobState state) {
    Command command = request.command();
    return database
            .createNativeQuery(INSERT)
            .setParameter("id", id)
            .setParameter("commandId", command.id().value())
            .setParameter("hash", request.hash())
            .setParameter("type", command.type().name())
            .setParameter("spec", text(command))
            .setParameter("host", config.host())
            .setParameter("subject", command.subject())
            .setParameter("state", state.name())
            .setParameter("deadline", command.deadline())
            .setParameter("defaultDeadline", config.run().deadline().toSeconds())
            .setParameter("replyTo", request.delivery().replyTo())
            .setParameter("correlationId", request.delivery().correlationId())
            .setParameter("traceparent", request.delivery().traceparent())
            .executeUpdate()
        == 1;
  }

  // The same request again: its outcome, when there is one, is told again. Another one under the
  // same id is refused.
  private void repeated(Request request) throws CommandRefused {
    CommandId id = request.command().id();
    Tuple job =
        known(id)
            .orElseThrow(() -> new IllegalStateException("Job of command " + id + " vanished"));
    if (!Arrays.equals(job.get("content_hash", byte[].class), request.hash())) {
      throw new CommandRefused(
          FailureCode.ID_REUSED,
          "Command id '%s' was used before for a command with other content, which stands. Send this one under a new id."
              .formatted(id),
          "id",
          id);
    }
    if (JobState.valueOf(job.get("state", String.class)).ended()) {
      outbox.repeat(
          job.get("id", UUID.class),
          request.delivery().replyTo(),
          request.delivery().correlationId());
    }
  }

  private void serialize(CommandId id) {
    database.createNativeQuery(SERIALIZE).setParameter("commandId", id.value()).getSingleResult();
  }

  private Optional<Tuple> known(CommandId id) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(KNOWN, Tuple.class)
            .setParameter("commandId", id.value())
            .getResultList();
    return rows.stream().findFirst();
  }

  private static Outbox.Envelope envelope(@Nullable UUID jobId, Request request) {
    String correlationId = request.delivery().correlationId();
    return new Outbox.Envelope(
        jobId,
        correlationId == null ? request.command().id().value() : correlationId,
        request.delivery().replyTo(),
        request.delivery().traceparent());
  }

  private String text(Command command) {
    try {
      return json.writeValueAsString(command);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A command cannot be written as JSON", e);
    }
  }
}
