@org.jspecify.annotations.NullMarked
package id.cetak.workflow;
