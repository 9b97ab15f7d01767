/**
 * The protocol as a model that is small enough to look at every order of events; docs/model.md says
 * what stands for what.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.model;
