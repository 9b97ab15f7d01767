package id.cetak.clone;

import id.cetak.workflow.Run;

/** Tells the world how far a clone's full copy is. */
interface CopyNews {
  /** What is told is not terminal, and nobody depends on it: it may be lost. */
  void tell(Run run, long copiedBytes, long totalBytes);
}
