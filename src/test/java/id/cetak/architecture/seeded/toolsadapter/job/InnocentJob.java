package id.cetak.architecture.seeded.toolsadapter.job;

public final class InnocentJob {}
