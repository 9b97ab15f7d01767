package id.cetak.architecture.seeded.rowstates;

final class InnocentUpdate {
  static final String SQL = "update template_version set digest_at = :at where state = 'SEALED'";
}
