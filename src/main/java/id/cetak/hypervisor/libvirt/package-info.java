/**
 * The port to a KVM host, spoken with libvirt. Knows no job, no feature and no file: disks and
 * seeds are made elsewhere.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.hypervisor.libvirt;
