@org.jspecify.annotations.NullMarked
package id.cetak.producer;
