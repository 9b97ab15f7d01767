package id.cetak.architecture.seeded.app.hypervisor;

public enum InnocentWord {
  ONE
}
