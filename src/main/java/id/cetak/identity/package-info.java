/**
 * What no two VMs of the fleet share: name, UUID, MAC addresses, instance-id; and the cloud-init
 * files that bring it into the guest. Knows no job, no workflow and makes no libvirt call.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.identity;
