/**
 * One command, many clones: jobs whose work is to make other jobs and to wait for them. Knows how
 * clones are asked for and removed, never how they are made.
 */
@org.jspecify.annotations.NullMarked
package id.cetak.batch;
