package id.cetak.template;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.GuestTools;
import id.cetak.hypervisor.Images;
import jakarta.enterprise.context.Dependent;

/** The ports that a seal uses besides the hypervisor. */
@Dependent
record SealTools(Images images, GuestTools guests, Barrier barrier) {}
