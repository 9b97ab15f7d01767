package id.cetak.app;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Images from outside that become templates, under the prefix {@code cetak.import}. */
public interface ImportSettings {
  /**
   * The one folder that images to import come from; {@code import} among the images unless it is
   * set. Whoever can write in it decides what templates are made of; the worker only reads it.
   */
  Optional<Path> directory();

  /**
   * The libvirt network of an imported template, when the command names none; QEMU's user-mode
   * network, which reaches out and cannot be reached, when it is not set.
   */
  Optional<String> network();

  /** How the clones of an imported image run. */
  @WithDefault("AUTO")
  DomainType domainType();

  /** Larger files are refused. Too high lets one command read and write for hours. */
  @WithDefault("68719476736")
  long maxFileBytes();

  /**
   * Images with a larger disk inside are refused. As much must be free for an import, because a
   * small file can unfold to all of it.
   */
  @WithDefault("274877906944")
  long maxVirtualBytes();

  /** How libvirt runs a domain. */
  enum DomainType {
    /** KVM where the host has {@code /dev/kvm}, else QEMU. */
    AUTO,
    KVM,
    /** Emulated: slow, and works everywhere. */
    QEMU
  }
}
