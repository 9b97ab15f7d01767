package id.cetak.hypervisor.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/** The libvirt functions that the Java binding does not have; named and typed as in C. */
interface NativeLibvirt extends Library {
  /** Refuse XML that libvirt's schema does not know, instead of dropping what it does not know. */
  int VIR_DOMAIN_DEFINE_VALIDATE = 1;

  int VIR_DOMAIN_XML_INACTIVE = 2;

  int VIR_DOMAIN_AFFECT_LIVE = 1;
  int VIR_DOMAIN_AFFECT_CONFIG = 2;

  /** An element of an application's own, rather than the title or the description. */
  int VIR_DOMAIN_METADATA_ELEMENT = 2;

  int VIR_DOMAIN_START_PAUSED = 1;

  /** The domain ends with the connection that started it: not even a crash leaves it behind. */
  int VIR_DOMAIN_START_AUTODESTROY = 2;

  int VIR_DOMAIN_UNDEFINE_MANAGED_SAVE = 1;
  int VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA = 2;
  int VIR_DOMAIN_UNDEFINE_KEEP_NVRAM = 8;
  int VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA = 16;

  int VIR_CONNECT_LIST_DOMAINS_ACTIVE = 1;

  @Nullable DomainPointer virDomainDefineXMLFlags(
      ConnectionPointer connection, String xml, int flags);

  int virDomainFree(DomainPointer domain);

  /** Loads the client library on first use, so that the worker boots where it is missing. */
  static NativeLibvirt get() {
    return Loaded.LIBRARY;
  }

  /** Holds the loaded library. */
  final class Loaded {
    private static final NativeLibvirt LIBRARY =
        Native.load("virt", NativeLibvirt.class, Map.of(OPTION_STRING_ENCODING, "UTF-8"));

    private Loaded() {}
  }
}
