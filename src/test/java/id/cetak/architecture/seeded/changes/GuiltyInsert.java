package id.cetak.architecture.seeded.changes;

final class GuiltyInsert {
  static final String SQL = "insert into outbox (body) values (:body)";
}
