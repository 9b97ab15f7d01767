package id.cetak.architecture.seeded.identityalone.job;

public final class InnocentJob {}
