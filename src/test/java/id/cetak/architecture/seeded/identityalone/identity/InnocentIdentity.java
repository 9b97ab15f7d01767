package id.cetak.architecture.seeded.identityalone.identity;

import id.cetak.architecture.seeded.identityalone.command.InnocentCommand;

final class InnocentIdentity {
  static final Class<?> COMMAND = InnocentCommand.class;
}
