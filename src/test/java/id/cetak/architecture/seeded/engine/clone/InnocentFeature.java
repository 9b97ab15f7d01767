package id.cetak.architecture.seeded.engine.clone;

import id.cetak.command.Command;

final class InnocentFeature {
  static boolean clones(Command command) {
    return command instanceof Command.Clone;
  }
}
