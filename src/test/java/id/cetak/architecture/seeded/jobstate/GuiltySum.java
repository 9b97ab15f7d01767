package id.cetak.architecture.seeded.jobstate;

final class GuiltySum {
  static String sql(String condition) {
    return "update job " + "set state = " + "'FAILED' where " + condition;
  }
}
