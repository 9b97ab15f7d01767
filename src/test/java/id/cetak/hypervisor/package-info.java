/** Tests of the port to a KVM host, and the fake that other tests use in its place. */
@org.jspecify.annotations.NullMarked
package id.cetak.hypervisor;
