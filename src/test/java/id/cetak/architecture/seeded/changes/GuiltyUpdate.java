package id.cetak.architecture.seeded.changes;

final class GuiltyUpdate {
  static final String SQL =
      """
      update host
         set seen_at = clock_timestamp()
      """;
}
