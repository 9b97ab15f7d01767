/**
 * Casts a VM from a sealed version: plan, disks, NVRAM, seed, domain, start, proof. Knows templates
 * only through their sealed versions, and neither job, lock nor broker.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.clone;
