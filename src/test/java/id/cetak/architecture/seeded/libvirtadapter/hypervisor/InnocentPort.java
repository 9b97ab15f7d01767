package id.cetak.architecture.seeded.libvirtadapter.hypervisor;

public interface InnocentPort {}
