package id.cetak.clone;

import id.cetak.command.Command.Disk;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

/** An entry of the ledger, for plain reads; {@link CloneStore} writes it. */
@Entity
@Table(name = "clone")
@NullUnmarked
class CloneRecord {
  @Id UUID id;

  @Column(name = "job_id")
  UUID jobId;

  String name;
  String host;
  String template;
  int version;

  @Enumerated(EnumType.STRING)
  Disk disk;

  @Enumerated(EnumType.STRING)
  CloneState state;

  @Column(name = "instance_id")
  String instanceId;

  String hostname;

  @JdbcTypeCode(SqlTypes.JSON)
  Map<String, String> labels;

  @Column(name = "batch_id")
  UUID batchId;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "ready_at")
  Instant readyAt;
}
