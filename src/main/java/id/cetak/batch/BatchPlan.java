package id.cetak.batch;

import id.cetak.admission.Need;

/**
 * What a batch decides before its first clone.
 *
 * @param version the version that all its clones are cast from, whatever is sealed meanwhile
 * @param needOfOne the room that each clone takes
 */
record BatchPlan(int version, Need needOfOne) {}
