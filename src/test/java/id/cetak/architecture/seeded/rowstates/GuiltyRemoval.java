package id.cetak.architecture.seeded.rowstates;

final class GuiltyRemoval {
  static final String SQL = "delete from clone using job where clone.id = job.id";
}
