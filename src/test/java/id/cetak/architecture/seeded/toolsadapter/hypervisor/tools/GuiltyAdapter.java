package id.cetak.architecture.seeded.toolsadapter.hypervisor.tools;

import id.cetak.architecture.seeded.toolsadapter.job.InnocentJob;

final class GuiltyAdapter {
  static final Class<?> JOB = InnocentJob.class;
}
