/**
 * The port to a KVM host: domains, disk images, guests' insides, the barrier. Knows no job, no
 * command, no feature.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.hypervisor;
