/**
 * Small classes that break one rule of the architecture each, below the rule's own package. The
 * guilty ones are called so, and so are the innocent ones that stand close to the line.
 */
package id.cetak.architecture.seeded;
