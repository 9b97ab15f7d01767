package id.cetak.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The outbox table. */
@ApplicationScoped
class OutboxStore {
  // The second address, when there is one, is the caller's own queue.
  private static final String ADD =
      """
      insert into outbox (message_id, job_id, order_key, exchange, routing_key, content_type,
                          correlation_id, reply_to, headers, body, may_vanish)
      select :messageId, cast(:jobId as uuid), :orderKey, address.exchange, address.routing_key, :contentType,
             :correlationId, :replyTo, cast(:headers as jsonb), :body, address.may_vanish
        from (values (1, :exchange, :routingKey, cast(:mayVanish as boolean)),
                     (2, '', cast(:copyTo as text), true))
             as address(place, exchange, routing_key, may_vanish)
       where address.routing_key is not null
       order by address.place
      """;

  // One relay at a time in the whole fleet keeps the order; the lock goes with this transaction.
  private static final String LEAD = "select pg_try_advisory_xact_lock(hashtext('cetak.outbox'))";

  // A message that no queue took waits for its next try, and the others of its key with it, so
  // that they do not pass each other. Fresh and returned messages lie in an index each: the few
  // that
  // are held are found at once, whatever number is unsent, and however old the planner's figures.
  private static final String NEXT =
      """
      with held as materialized (
        select order_key, id from outbox
         where sent_at is null and returns > 0 and not_before > clock_timestamp())
      select id, message_id, order_key, exchange, routing_key, content_type, correlation_id, reply_to,
             cast(headers as text) as headers, body, may_vanish
        from ((select * from outbox
                where sent_at is null and returns = 0 and order_key <> all (array(select order_key from held))
                order by id limit :room)
              union all
              (select * from outbox o
                where sent_at is null and returns > 0 and not_before <= clock_timestamp()
                  and not exists (select 1 from held where held.order_key = o.order_key and held.id < o.id)
                order by id limit :room)) due
       order by id
       limit :room
      """;

  // A command that was handed on or refused may hold its caller's secrets, and is never sent again;
  // events are, when their command is repeated.
  private static final String SENT =
      """
      update outbox set sent_at = clock_timestamp(),
             body = case when exchange in ('cetak.commands', 'cetak.dead') then '' else body end
       where id = any(:ids) and sent_at is null
      """;

  // Twice as long each time, at most five minutes.
  private static final String RETURNED =
      """
      update outbox set returns = returns + 1,
             not_before = clock_timestamp() + make_interval(secs => least(300, power(2, least(returns, 9))))
       where id = any(:ids) and sent_at is null
      """;

  private static final String REPEAT =
      """
      insert into outbox (message_id, job_id, order_key, exchange, routing_key, content_type,
                          correlation_id, reply_to, headers, body, may_vanish)
      select distinct on (exchange) message_id, job_id, order_key, exchange, routing_key, content_type,
             correlation_id, reply_to, headers, body, may_vanish
        from outbox where job_id = :jobId and exchange <> '' and sent_at is not null
       order by exchange, id
      """;

  private static final String REPEAT_REPLY =
      """
      insert into outbox (message_id, job_id, order_key, exchange, routing_key, content_type,
                          correlation_id, reply_to, headers, body, may_vanish)
      select message_id, job_id, order_key, '', :replyTo, content_type,
             coalesce(cast(:correlationId as text), correlation_id), null, headers, body, true
        from outbox where job_id = :jobId and exchange <> '' order by id limit 1
      """;

  private static final String PRUNE =
      """
      delete from outbox where id in (
        select id from outbox
         where sent_at < clock_timestamp() - make_interval(secs => :age) limit 10000)
      """;

  private static final String LAG =
      """
      select (select count(*) from (select 1 from outbox where sent_at is null and returns = 0 limit :most) fresh)
             + (select count(*) from (select 1 from outbox where sent_at is null and returns > 0 limit :most) returned)
               as unsent,
             coalesce(extract(epoch from clock_timestamp() - least(
               (select created_at from outbox where sent_at is null and returns = 0 order by id limit 1),
               (select min(created_at) from outbox where sent_at is null and returns > 0))), 0) as oldest
      """;

  private final EntityManager database;
  private final ObjectMapper json;

  OutboxStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /** A stored message with its place in the order. */
  record Stored(long id, OutboundMessage message) {}

  /** How much is unsent, and for how long. */
  record Lag(long messages, double oldestSeconds) {}

  /** Adds it, and with {@code copyTo} the same for that queue. */
  void add(@Nullable UUID jobId, OutboundMessage message, @Nullable String copyTo) {
    database
        .createNativeQuery(ADD)
        .setParameter("messageId", message.messageId())
        .setParameter("jobId", jobId)
        .setParameter("orderKey", message.orderKey())
        .setParameter("exchange", message.exchange())
        .setParameter("routingKey", message.routingKey())
        .setParameter("contentType", message.contentType())
        .setParameter("correlationId", message.correlationId())
        .setParameter("replyTo", message.replyTo())
        .setParameter("headers", write(message.headers()))
        .setParameter("body", message.body())
        .setParameter("mayVanish", message.mayVanish())
        .setParameter("copyTo", copyTo)
        .executeUpdate();
  }

  void repeat(UUID jobId, @Nullable String replyTo, @Nullable String correlationId) {
    database.createNativeQuery(REPEAT).setParameter("jobId", jobId).executeUpdate();
    if (replyTo != null) {
      database
          .createNativeQuery(REPEAT_REPLY)
          .setParameter("jobId", jobId)
          .setParameter("replyTo", replyTo)
          .setParameter("correlationId", correlationId)
          .executeUpdate();
    }
  }

  /** Whether this transaction is the fleet's only relay. */
  boolean lead() {
    return (Boolean) database.createNativeQuery(LEAD).getSingleResult();
  }

  @SuppressWarnings("unchecked")
  List<Stored> next(int room) {
    return ((List<Tuple>)
            database
                .createNativeQuery(NEXT, Tuple.class)
                .setParameter("room", room)
                .getResultList())
        .stream().map(this::stored).toList();
  }

  void sent(List<Long> ids) {
    mark(SENT, ids);
  }

  void returned(List<Long> ids) {
    mark(RETURNED, ids);
  }

  private void mark(String sql, List<Long> ids) {
    if (!ids.isEmpty()) {
      database.createNativeQuery(sql).setParameter("ids", ids.toArray(Long[]::new)).executeUpdate();
    }
  }

  @Transactional
  int prune(Duration age) {
    return database.createNativeQuery(PRUNE).setParameter("age", age.toSeconds()).executeUpdate();
  }

  /** Counted up to a limit, so that a long outage makes it no dearer. */
  @Transactional
  Lag lag(int most) {
    Tuple row =
        (Tuple)
            database
                .createNativeQuery(LAG, Tuple.class)
                .setParameter("most", most)
                .getSingleResult();
    return new Lag(
        ((Number) row.get("unsent")).longValue(), ((Number) row.get("oldest")).doubleValue());
  }

  private Stored stored(Tuple row) {
    return new Stored(
        ((Number) row.get("id")).longValue(),
        new OutboundMessage(
            row.get("message_id", String.class),
            row.get("order_key", String.class),
            row.get("exchange", String.class),
            row.get("routing_key", String.class),
            row.get("content_type", String.class),
            row.get("correlation_id", String.class),
            row.get("reply_to", String.class),
            read(row.get("headers", String.class)),
            row.get("body", byte[].class),
            row.get("may_vanish", Boolean.class)));
  }

  private String write(Map<String, String> headers) {
    try {
      return json.writeValueAsString(headers);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Headers cannot be written as JSON", e);
    }
  }

  private Map<String, String> read(String headers) {
    try {
      return json.readValue(headers, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Stored headers cannot be read back", e);
    }
  }
}
