package id.cetak.template;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

/**
 * The row of a version, for plain reads and for its insertion; {@link VersionStore} moves its
 * state.
 */
@Entity
@Table(name = "template_version")
@NullUnmarked
class TemplateVersion {
  @Id UUID id;
  String template;
  int version;
  Integer parent;
  String host;

  @Enumerated(EnumType.STRING)
  VersionState state;

  @Column(name = "domain_xml")
  String domainXml;

  boolean nvram;

  @JdbcTypeCode(SqlTypes.JSON)
  String attestation;

  long fence;

  @Column(name = "quarantined_for")
  String quarantinedFor;

  @Column(name = "recalled_for")
  String recalledFor;

  @Column(name = "retired_by")
  UUID retiredBy;

  @Column(name = "digest_at")
  Instant digestAt;

  @Column(name = "sealed_at")
  Instant sealedAt;

  @OneToMany(cascade = CascadeType.ALL, fetch = FetchType.EAGER)
  @JoinColumn(name = "version_id", nullable = false)
  @OrderBy("name")
  List<TemplateFile> files = new ArrayList<>();

  /** SHA-256 of the root disk: the first file, as they come in the order of their names. */
  String digest() {
    return files.get(0).digest;
  }

  String label() {
    return template + "@" + version;
  }
}
