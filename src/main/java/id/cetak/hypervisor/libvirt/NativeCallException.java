package id.cetak.hypervisor.libvirt;

import org.jspecify.annotations.Nullable;
import org.libvirt.Error;
import org.libvirt.jna.Libvirt;
import org.libvirt.jna.virError;

/**
 * A failed call of {@link NativeLibvirt}: what {@code LibvirtException} is for the Java binding,
 * which keeps its constructor to itself.
 */
final class NativeCallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Error error;

  private NativeCallException(@Nullable Error error) {
    this.error = error;
  }

  /** Must be called on the thread of the failed call, right after it: libvirt keeps it there. */
  static NativeCallException last() {
    virError last = Libvirt.INSTANCE.virGetLastError();
    return new NativeCallException(last == null ? null : new Error(last));
  }

  @Nullable Error error() {
    return error;
  }
}
