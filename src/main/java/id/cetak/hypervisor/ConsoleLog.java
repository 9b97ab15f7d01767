package id.cetak.hypervisor;

import java.nio.file.Path;
import java.util.Optional;

/** The files that guests' serial consoles are written to. */
public interface ConsoleLog {
  /** The last line in which the guest says who it is; empty when there is none. */
  Optional<SelfReport> read(Path log);
}
