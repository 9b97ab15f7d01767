package id.cetak.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.UUID;

/**
 * Jobs that nobody has sent: a worker makes them for its own host, or they follow from another
 * one's end.
 */
@ApplicationScoped
public class MadeJobStore {
  private static final String ADD_OWN =
      """
      insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline, whole_fleet,
                       correlation_id)
      select :id, :command, sha256(:content), :type, cast(:spec as jsonb), :host, :subject, 'QUEUED',
             clock_timestamp() + make_interval(secs => :patience), false, :command
       where not exists (
             select 1 from job
              where host = :host and type = :type and command_id like :kind
                and state not in ('COMPLETED', 'FAILED', 'CANCELLED'))
      """;

  private static final String ADD_FOLLOWING =
      """
      insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline,
                       reply_to, correlation_id, traceparent, producer)
      select :id, :command, sha256(:content), :type, cast(:spec as jsonb), host, :subject, 'QUEUED',
             clock_timestamp() + make_interval(secs => :patience),
             reply_to, coalesce(correlation_id, command_id), traceparent, producer
        from job where job.id = :maker
      on conflict do nothing
      """;

  private final EntityManager database;
  private final ObjectMapper json;
  private final CetakConfig config;

  MadeJobStore(EntityManager database, ObjectMapper json, CetakConfig config) {
    this.database = database;
    this.json = json;
    this.config = config;
  }

  /**
   * Adds a job for this host, unless it has one of the same kind that has not ended.
   *
   * @param command whose id tells its kind up to the slash
   */
  @Transactional
  public void addOwn(Command command) {
    String id = command.id().value();
    add(ADD_OWN, UUID.randomUUID(), command)
        .setParameter("host", config.host())
        .setParameter("kind", id.substring(0, id.indexOf('/') + 1) + "%")
        .executeUpdate();
  }

  /**
   * Adds a job that follows from the end of another; must be called inside the transaction that
   * ends that one, so that there are both or neither. The outcome goes where the first one's went.
   */
  void addFollowing(UUID maker, Command command) {
    String name = maker + "/" + command.type().word();
    add(ADD_FOLLOWING, UUID.nameUUIDFromBytes(name.getBytes(UTF_8)), command)
        .setParameter("maker", maker)
        .executeUpdate();
  }

  private Query add(String sql, UUID id, Command command) {
    return database
        .createNativeQuery(sql)
        .setParameter("id", id)
        .setParameter("command", command.id().value())
        .setParameter("content", CommandReader.canonical(command))
        .setParameter("type", command.type().name())
        .setParameter("spec", json.valueToTree(command).toString())
        .setParameter("subject", command.subject())
        .setParameter("patience", config.run().deadline().toSeconds());
  }
}
