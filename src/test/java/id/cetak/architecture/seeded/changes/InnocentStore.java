package id.cetak.architecture.seeded.changes;

final class InnocentStore {
  static final String SQL = "delete from host where name = :name";
}
