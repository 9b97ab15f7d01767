package id.cetak.architecture.seeded.changes;

final class InnocentReader {
  static final String SQL = "select name from host for update";
  static final String ADVICE =
      "Send the update again, or delete from the folder what is not needed.";
}
