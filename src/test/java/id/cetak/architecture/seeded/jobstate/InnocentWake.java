package id.cetak.architecture.seeded.jobstate;

final class InnocentWake {
  static final String SQL =
      "update job set run_after = clock_timestamp() where state = 'PARKED' and waits_on = :template";
}
