/** Tests of the hypervisor on libvirt's own test driver, and on real QEMU. */
@org.jspecify.annotations.NullMarked
package id.cetak.hypervisor.libvirt;
