package id.cetak.architecture.seeded.identityalone.identity;

import id.cetak.architecture.seeded.identityalone.job.InnocentJob;

final class GuiltyIdentity {
  static final Class<?> JOB = InnocentJob.class;
}
