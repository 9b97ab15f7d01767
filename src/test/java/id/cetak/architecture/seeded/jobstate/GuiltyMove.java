package id.cetak.architecture.seeded.jobstate;

final class GuiltyMove {
  static final String SQL =
      """
      update job j
         set worker = null, state = 'FAILED'
       where j.id = :id
      """;
}
