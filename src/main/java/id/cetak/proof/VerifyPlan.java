package id.cetak.proof;

import id.cetak.clone.CloneIdentities.Known;
import java.time.Duration;

/**
 * What a verification holds the guest's word against.
 *
 * @param known the clone as the ledger has it
 * @param since the job's age when the clone had been found
 * @param until the age at which the guest must have answered
 */
record VerifyPlan(Known known, Duration since, Duration until) {}
