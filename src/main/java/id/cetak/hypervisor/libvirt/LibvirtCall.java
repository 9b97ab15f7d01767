package id.cetak.hypervisor.libvirt;

import org.libvirt.LibvirtException;

/** Native calls on one open connection; whatever they get from it is freed before they return. */
@FunctionalInterface
interface LibvirtCall<T> {
  T on(Link link) throws LibvirtException, NativeCallException;
}
