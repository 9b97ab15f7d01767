/** What all fuzz targets share; each target stands in the package of what it tries. */
@org.jspecify.annotations.NullMarked
package id.cetak.fuzz;
