package id.cetak.clone;

import id.cetak.command.Command;
import org.jspecify.annotations.Nullable;

/** What a caller can ask for in place of the template's; null leaves the template's. */
record Hardware(@Nullable Integer cpus, @Nullable Integer memoryMiB, @Nullable String network) {
  static Hardware of(Command.Clone command) {
    return new Hardware(command.cpus(), command.memoryMiB(), command.network());
  }
}
