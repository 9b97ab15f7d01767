/** Steps in order, journaled, undone in reverse. Knows no feature, no broker and no hypervisor. */
@org.jspecify.annotations.NullMarked
package id.cetak.workflow;
