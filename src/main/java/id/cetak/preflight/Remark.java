package id.cetak.preflight;

/** The words for what a dry run says beyond failures. A word keeps its meaning once released. */
public enum Remark {
  /** Without KVM every instruction of a guest is emulated. */
  NO_KVM,
  /** Bytes are read and written, because no blocks can be shared. */
  BYTES_COPIED,
  /** The guest is asked to power off first. */
  SHUTDOWN_FIRST,
  /** What is inside the guest was not looked at. */
  GUEST_UNREAD
}
