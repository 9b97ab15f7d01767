package id.cetak.architecture.seeded.rowstates;

final class GuiltyMove {
  static final String SQL = "update template_version set state = 'SEALED' where id = :id";
}
