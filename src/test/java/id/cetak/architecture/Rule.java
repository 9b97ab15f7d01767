package id.cetak.architecture;

/**
 * A rule of the architecture.
 *
 * @param sentence what holds
 * @param seed the package below {@code seeded} whose classes break it: the check must name each
 *     class there that is called guilty, and none that is called innocent
 */
public record Rule(String sentence, String seed, Check check) {}
