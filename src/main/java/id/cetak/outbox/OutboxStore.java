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
  private static final String ADD =
      """
      insert into outbox (message_id, job_id, order_key, exchange, routing_key, content_type,
                          correlation_id, reply_to, headers, body, may_vanish)
      values (:messageId, :jobId, :orderKey, :exchange, :routingKey, :contentType,
              :correlationId, :replyTo, cast(:headers as jsonb), :body, :mayVanish)
      """;

  // One relay at a time in the whole fleet keeps the order; the lock goes with this transaction.
  private static final String LEAD = "select pg_try_advisory_xact_lock(hashtext('cetak.outbox'))";

  // A key with an older message that must wait is left out whole, so that its messages do not pass
  // each other.
  private static final String NEXT =
      """
      select id, message_id, order_key, exchange, routing_key, content_type, correlation_id, reply_to,
             cast(headers as text) as headers, body, may_vanish
        from outbox o
       where sent_at is null and not_before <= clock_timestamp()
         and not exists (select 1 from outbox older
                          where older.order_key = o.order_key and older.id < o.id
                            and older.sent_at is null and older.not_before > clock_timestamp())
       order by id
       limit :room
      """;

  private static final String SENT =
      "update outbox set sent_at = clock_timestamp() where id in (:ids) and sent_at is null";

  // Twice as long each time, at most five minutes.
  private static final String RETURNED =
      """
      update outbox set returns = returns + 1,
             not_before = clock_timestamp() + make_interval(secs => least(300, power(2, least(returns, 9))))
       where id in (:ids) and sent_at is null
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
      select count(*) as unsent,
             coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) as oldest
        from outbox where sent_at is null
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

  void add(@Nullable UUID jobId, OutboundMessage message) {
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
    return (Boolean) database.createNativeQuery(LEAD, Boolean.class).getSingleResult();
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
      database.createNativeQuery(sql).setParameter("ids", ids).executeUpdate();
    }
  }

  @Transactional
  int prune(Duration age) {
    return database.createNativeQuery(PRUNE).setParameter("age", age.toSeconds()).executeUpdate();
  }

  @Transactional
  Lag lag() {
    Tuple row = (Tuple) database.createNativeQuery(LAG, Tuple.class).getSingleResult();
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
