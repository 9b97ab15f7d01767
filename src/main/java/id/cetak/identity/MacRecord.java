package id.cetak.identity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;

/** Who has an address, for plain reads; {@link MacStore} writes it. */
@Entity
@Table(name = "mac")
@NullUnmarked
class MacRecord {
  @Id String address;

  @Column(name = "clone_id")
  UUID cloneId;

  int nic;
}
