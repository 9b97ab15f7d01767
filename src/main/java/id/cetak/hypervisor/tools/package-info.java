/**
 * The ports to images, guests' insides and the barrier, done by child processes: qemu-img,
 * virt-sysprep, guestfish, cetak-barrier. Every child goes through {@link
 * id.cetak.hypervisor.tools.ProcessRunner}. Knows no job, no command, no feature.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.hypervisor.tools;
