package id.cetak.architecture.seeded.jobrow;

final class GuiltyInsert {
  static final String SQL = "insert into job (id, state) values (:id, 'QUEUED')";
}
