package id.cetak.architecture.seeded.lookers;

import id.cetak.hypervisor.Hypervisor;

record GuiltyHolder(Hypervisor hypervisor) {}
