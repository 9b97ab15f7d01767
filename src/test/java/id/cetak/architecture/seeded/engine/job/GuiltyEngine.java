package id.cetak.architecture.seeded.engine.job;

import id.cetak.command.Command;

final class GuiltyEngine {
  static boolean clones(Command command) {
    return command instanceof Command.Clone;
  }
}
