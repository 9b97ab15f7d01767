package id.cetak.architecture.seeded.changes;

final class GuiltyDelete {
  static final String SQL = "with gone as (DELETE FROM outbox returning id) select id from gone";
}
