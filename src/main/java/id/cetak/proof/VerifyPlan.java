package id.cetak.proof;

import id.cetak.clone.CloneIdentities.Known;
import java.time.Instant;

/**
 * What a verification holds the guest's word against.
 *
 * @param known the clone as the ledger has it
 * @param since when the first question was asked
 * @param until when the guest must have answered
 */
record VerifyPlan(Known known, Instant since, Instant until) {}
