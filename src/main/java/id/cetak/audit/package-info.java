/**
 * Reads the identities of every domain of the fleet and finds those that two have. Only looks: it
 * changes nothing on a host, and knows no step of a clone or a seal.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.audit;
