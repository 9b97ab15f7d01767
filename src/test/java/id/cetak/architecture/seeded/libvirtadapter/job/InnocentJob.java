package id.cetak.architecture.seeded.libvirtadapter.job;

public final class InnocentJob {}
