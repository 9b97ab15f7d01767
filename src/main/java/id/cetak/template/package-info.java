/**
 * Golden images: sealing a domain into a version, keeping it trusted, handing it to clones. Knows
 * no clone and no broker.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.template;
