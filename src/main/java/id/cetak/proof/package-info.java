/**
 * The first-boot proof: a clone's guest is asked who it is, and one that is not who it should be is
 * taken off the network. Knows clones by the ledger, never how they are made.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.proof;
