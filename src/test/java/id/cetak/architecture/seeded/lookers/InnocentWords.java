package id.cetak.architecture.seeded.lookers;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.DomainXml;

record InnocentWords(Barrier.Layer layer, DomainXml xml) {}
