/** The installation that README.md describes, on a hypervisor of its own. */
@NullMarked
package id.cetak.install;

import org.jspecify.annotations.NullMarked;
