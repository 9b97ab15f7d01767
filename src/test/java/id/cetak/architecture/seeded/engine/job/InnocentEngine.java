package id.cetak.architecture.seeded.engine.job;

import id.cetak.command.Command;

final class InnocentEngine {
  static boolean cancels(Command command) {
    return command instanceof Command.Cancel;
  }
}
