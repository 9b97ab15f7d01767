package id.cetak.architecture.seeded.jobrow;

final class InnocentInsert {
  static final String SQL = "insert into job_step (job_id, step) values (:id, :step)";
}
