package id.cetak.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.UUID;

/**
 * Jobs that follow from another one's end, made in the transaction that ends it: there are both or
 * neither. The outcome goes where the first one's went.
 */
@ApplicationScoped
class FollowUpStore {
  private static final String ADD =
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

  FollowUpStore(EntityManager database, ObjectMapper json, CetakConfig config) {
    this.database = database;
    this.json = json;
    this.config = config;
  }

  /** Adds a job for this command; must be called inside the transaction that ends the maker. */
  void add(UUID maker, Command command) {
    String name = maker + "/" + command.type().word();
    database
        .createNativeQuery(ADD)
        .setParameter("id", UUID.nameUUIDFromBytes(name.getBytes(UTF_8)))
        .setParameter("command", command.id().value())
        .setParameter("content", CommandReader.canonical(command))
        .setParameter("type", command.type().name())
        .setParameter("spec", json.valueToTree(command).toString())
        .setParameter("subject", command.subject())
        .setParameter("patience", config.run().deadline().toSeconds())
        .setParameter("maker", maker)
        .executeUpdate();
  }
}
