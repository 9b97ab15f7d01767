/**
 * What the architecture's law is made of: rules, the code that they judge, and seeded violations.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.architecture;
