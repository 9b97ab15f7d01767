package id.cetak.hypervisor;

/**
 * What libvirt keeps for a domain beside its definition, and would bring back with it.
 *
 * @param autostart started with the host
 * @param managedSave its memory lies in a file, and the next start goes on from there
 */
public record DomainRecords(
    boolean autostart, boolean managedSave, int snapshots, int checkpoints) {}
