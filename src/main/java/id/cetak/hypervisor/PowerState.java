package id.cetak.hypervisor;

/** What a domain is doing, as far as Cetak cares. */
public enum PowerState {
  OFF,
  /** Running, shutting down or blocked on a resource: its disks are in use. */
  RUNNING,
  PAUSED,
  /** Crashed, suspended to RAM, or a state this build does not know: not to be touched. */
  OTHER
}
