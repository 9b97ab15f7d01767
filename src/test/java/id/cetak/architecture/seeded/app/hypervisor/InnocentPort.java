package id.cetak.architecture.seeded.app.hypervisor;

public interface InnocentPort {}
