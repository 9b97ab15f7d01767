package id.cetak.preflight;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.hypervisor.StopSignal;

/**
 * What a feature looks at for a dry run of its command. It asks the very checks that the command's
 * plan demands, and only looks: it takes no lock, makes no row and no file, and calls nothing of
 * libvirt that changes something.
 */
public interface Preflight {
  CommandType of();

  void look(Command command, StopSignal stop, Report report);
}
