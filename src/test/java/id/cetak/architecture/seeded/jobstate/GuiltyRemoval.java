package id.cetak.architecture.seeded.jobstate;

final class GuiltyRemoval {
  static final String SQL = "delete from job where id = :id";
}
