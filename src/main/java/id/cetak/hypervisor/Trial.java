package id.cetak.hypervisor;

/**
 * What came of trying a layer of the barrier.
 *
 * @param finding what was tried and how it went, for people
 */
public record Trial(Barrier.Layer layer, boolean holds, String finding) {}
