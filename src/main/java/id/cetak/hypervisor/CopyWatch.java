package id.cetak.hypervisor;

/** Who waits for a copy: may stop it, and hears how far it is. */
public interface CopyWatch extends StopSignal {
  /**
   * Called several times a second while bytes are moved, never for shared blocks.
   *
   * @param totalBytes what there is to copy, as far as it is known; at least {@code copiedBytes}
   */
  void copied(long copiedBytes, long totalBytes);

  /** For a copy whose progress nobody hears. */
  static CopyWatch unheard(StopSignal stop) {
    return new CopyWatch() {
      @Override
      public void copied(long copiedBytes, long totalBytes) {}

      @Override
      public void check() {
        stop.check();
      }
    };
  }
}
