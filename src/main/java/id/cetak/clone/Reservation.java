package id.cetak.clone;

import id.cetak.command.Command;
import java.util.UUID;

/**
 * What a job holds in the fleet's ledger before it makes anything.
 *
 * @param id the clone's id, which is its job's
 * @param origin the version that was chosen, and the attempt that asks: an older one than the job's
 *     newest changes nothing
 * @param host the hypervisor that the clone will be on
 */
record Reservation(UUID id, Origin origin, String host, Command.Clone command) {}
