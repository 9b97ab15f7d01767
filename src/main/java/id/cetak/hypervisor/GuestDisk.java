package id.cetak.hypervisor;

import java.nio.file.Path;

/** A disk image of a guest with its declared format. */
public record GuestDisk(Path image, String format) {}
