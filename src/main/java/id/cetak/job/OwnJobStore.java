package id.cetak.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Jobs that a worker makes for its own host, which nobody has sent. */
@ApplicationScoped
public class OwnJobStore {
  private static final String ADD =
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

  private final EntityManager database;
  private final ObjectMapper json;
  private final CetakConfig config;

  OwnJobStore(EntityManager database, ObjectMapper json, CetakConfig config) {
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
  public void add(Command command) {
    String id = command.id().value();
    database
        .createNativeQuery(ADD)
        .setParameter("id", UUID.randomUUID())
        .setParameter("command", id)
        .setParameter("content", CommandReader.canonical(command))
        .setParameter("type", command.type().name())
        .setParameter("spec", json.valueToTree(command).toString())
        .setParameter("host", config.host())
        .setParameter("subject", command.subject())
        .setParameter("patience", config.run().deadline().toSeconds())
        .setParameter("kind", id.substring(0, id.indexOf('/') + 1) + "%")
        .executeUpdate();
  }
}
