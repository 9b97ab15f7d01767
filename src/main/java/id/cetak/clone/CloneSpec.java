package id.cetak.clone;

import id.cetak.identity.Identity;
import java.util.List;

/**
 * Everything that makes a clone's definition differ from its template's.
 *
 * @param disks the clone's disks; a disk of the template that is not among them is left out
 * @param heard whether what the guest says on its console is kept
 */
record CloneSpec(
    Identity identity,
    Lineage lineage,
    CloneFiles files,
    List<PlannedDisk> disks,
    Hardware hardware,
    boolean heard) {}
