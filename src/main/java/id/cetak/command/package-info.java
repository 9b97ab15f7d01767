/**
 * What can be asked of Cetak: the commands, and the one place where bytes become commands. Knows no
 * job, no hypervisor.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.command;
