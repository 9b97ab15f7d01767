/** What integration tests start and break: the private libvirtd of the lab. */
@org.jspecify.annotations.NullMarked
package id.cetak.lab;
