package id.cetak.architecture.seeded.libvirtadapter.hypervisor.libvirt;

import id.cetak.architecture.seeded.libvirtadapter.job.InnocentJob;

final class GuiltyAdapter {
  static final Class<?> JOB = InnocentJob.class;
}
