package id.cetak.architecture.seeded.identityalone.command;

public final class InnocentCommand {}
