package id.cetak.architecture.seeded.toolsadapter.hypervisor;

public interface InnocentPort {}
