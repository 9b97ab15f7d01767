package id.cetak.identity;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The table of MAC addresses. An address goes with its clone's entry, which removes its rows. */
@ApplicationScoped
class MacStore implements MacReservations, PanacheRepositoryBase<MacRecord, String> {
  // Whoever has the address keeps it: there is no look before the insertion that another could slip
  // behind.
  private static final String ADD =
      """
      insert into mac (address, clone_id, nic) values (:address, :clone, :nic)
      on conflict do nothing
      """;

  @Override
  @Transactional
  public Map<Integer, String> of(UUID cloneId) {
    return list("cloneId", cloneId).stream()
        .collect(Collectors.toMap(row -> row.nic, row -> row.address));
  }

  @Override
  @Transactional
  public boolean add(String address, UUID cloneId, int nic) {
    return getEntityManager()
            .createNativeQuery(ADD)
            .setParameter("address", address)
            .setParameter("clone", cloneId)
            .setParameter("nic", nic)
            .executeUpdate()
        == 1;
  }

  @Override
  @Transactional
  public void drop(UUID cloneId, int nic) {
    delete("cloneId = ?1 and nic = ?2", cloneId, nic);
  }
}
