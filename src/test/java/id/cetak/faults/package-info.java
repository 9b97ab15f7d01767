/**
 * The fault lab: real workers held at named places while something is done to them or to what they
 * stand on, and judged by witnesses. See docs/reliability.md.
 */
@NullMarked
package id.cetak.faults;

import org.jspecify.annotations.NullMarked;
