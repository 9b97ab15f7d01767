package id.cetak.template;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.NullUnmarked;

/** The row of one sealed file. */
@Entity
@Table(name = "template_file")
@NullUnmarked
class TemplateFile {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  Long id;

  String name;
  String target;

  @Column(name = "virtual_size_bytes")
  Long virtualSizeBytes;

  String digest;
  String fingerprint;
}
