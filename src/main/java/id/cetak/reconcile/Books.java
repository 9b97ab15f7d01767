package id.cetak.reconcile;

import id.cetak.clone.ClonesOnHosts;
import id.cetak.job.EndedJobs;
import id.cetak.job.LiveJobs;
import id.cetak.template.HostVersion;
import java.util.Map;
import java.util.UUID;

/**
 * What the database says, in one moment.
 *
 * @param clones the entries of the host, and of what was found on it
 * @param versions those of all hosts
 * @param ended the jobs of the host that what was found is named after, and that have ended
 * @param held what jobs have in hands, which is not judged
 */
record Books(
    Map<UUID, ClonesOnHosts.Entry> clones,
    Map<UUID, HostVersion> versions,
    EndedJobs.Ended ended,
    LiveJobs.Held held) {}
