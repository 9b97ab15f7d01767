package id.cetak.clone;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.identity.HostKey;
import id.cetak.workflow.Fence;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The tables of what is inside of guests. */
@ApplicationScoped
class IdentityStore implements CloneIdentities {
  private static final String NAMED =
      "select id, name, host, state, hostname, machine_id from clone where name = :name";

  private static final String MINTED =
      "select public_key from ssh_host_key where clone_id = :clone and minted order by public_key";

  // Two guests that tell the same at once: the second one sees what the first one wrote.
  private static final String SERIALIZE =
      "select cast(pg_advisory_xact_lock(hashtext('cetak/guest-identity')) as text)";

  private static final String HELD =
      """
      select 'machine-id' as what, machine_id as value, name from clone
       where machine_id = cast(:machineId as text) and id <> :clone
      union all
      select 'SSH host key', fingerprint, name from ssh_host_key join clone on clone.id = clone_id
       where fingerprint = any(:fingerprints) and clone_id <> :clone
      """;

  private static final String FORGET_KEYS =
      "delete from ssh_host_key where clone_id = :clone and not minted";

  private static final String ADD_KEY =
      """
      insert into ssh_host_key (fingerprint, clone_id, public_key, minted)
      values (:fingerprint, :clone, cast(:publicKey as text), false)
      on conflict (fingerprint) do nothing
      """;

  private static final String SET_MACHINE_ID =
      "update clone set machine_id = cast(:machineId as text) where id = :clone";

  private static final String VERIFIED =
      "update clone set verified_at = clock_timestamp(), quarantined_for = null where id = :clone";

  private static final String QUARANTINED =
      "update clone set verified_at = null, quarantined_for = :reason where id = :clone";

  private final Fence fence;
  private final EntityManager database;

  IdentityStore(Fence fence, EntityManager database) {
    this.fence = fence;
    this.database = database;
  }

  @Override
  @Transactional
  public Optional<Known> named(String name) {
    return rows(query(NAMED).setParameter("name", name)).stream()
        .findFirst()
        .map(
            row ->
                new Known(
                    row.get("id", UUID.class),
                    row.get("name", String.class),
                    row.get("host", String.class),
                    CloneState.valueOf(row.get("state", String.class)),
                    row.get("hostname", String.class),
                    row.get("machine_id", String.class),
                    minted(row.get("id", UUID.class))));
  }

  private List<HostKey> minted(UUID clone) {
    return rows(query(MINTED).setParameter("clone", clone)).stream()
        .flatMap(row -> HostKey.read(row.get("public_key", String.class)).stream())
        .toList();
  }

  @Override
  @Transactional
  public List<Held> record(Claim claim) {
    fence.demand(
        claim.job(), claim.attempt(), "Verification of clone %s".formatted(claim.cloneId()));
    rows(query(SERIALIZE));
    List<Held> held = held(claim);
    if (held.isEmpty()) {
      write(claim);
    }
    return held;
  }

  @Override
  @Transactional
  public List<Held> held(Claim claim) {
    List<Held> held = new ArrayList<>();
    for (Tuple row :
        rows(
            query(HELD)
                .setParameter("machineId", claim.machineId())
                .setParameter(
                    "fingerprints",
                    claim.hostKeys().stream().map(HostKey::fingerprint).toArray(String[]::new))
                .setParameter("clone", claim.cloneId()))) {
      held.add(
          new Held(
              row.get("what", String.class),
              row.get("value", String.class),
              row.get("name", String.class)));
    }
    return held;
  }

  private void write(Claim claim) {
    int rows =
        query(SET_MACHINE_ID)
            .setParameter("machineId", claim.machineId())
            .setParameter("clone", claim.cloneId())
            .executeUpdate();
    if (rows == 0) {
      throw new Failure(
          FailureCode.CLONE_UNKNOWN,
          "Verification of clone %s: it was removed meanwhile. Nothing is left to verify."
              .formatted(claim.cloneId()));
    }
    query(FORGET_KEYS).setParameter("clone", claim.cloneId()).executeUpdate();
    for (HostKey key : claim.hostKeys()) {
      query(ADD_KEY)
          .setParameter("fingerprint", key.fingerprint())
          .setParameter("clone", claim.cloneId())
          .setParameter("publicKey", key.publicKey())
          .executeUpdate();
    }
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void verified(UUID id) {
    query(VERIFIED).setParameter("clone", id).executeUpdate();
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void quarantined(UUID id, String reason) {
    query(QUARANTINED).setParameter("clone", id).setParameter("reason", reason).executeUpdate();
  }

  private Query query(String sql) {
    return sql.startsWith("select")
        ? database.createNativeQuery(sql, Tuple.class)
        : database.createNativeQuery(sql);
  }

  @SuppressWarnings("unchecked")
  private static List<Tuple> rows(Query query) {
    return query.getResultList();
  }
}
