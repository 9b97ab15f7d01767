package id.cetak.hypervisor.tools;

import java.nio.file.Path;

/**
 * The canary's domain on a version's own file. Beside it stands a disk that is not there: where the
 * hook is gone, libvirt refuses the domain after it asked its hooks and before QEMU opens any file.
 */
final class DrillDomain {
  private static final String MISSING_DISK =
      """
      <disk type='file' device='disk'>
        <driver name='qemu' type='raw'/>
        <source file='/nonexistent/cetak-drill'/>
        <target dev='vdb' bus='virtio'/>
        <readonly/>
      </disk>
      <controller\
      """;

  private static final String SKELETON =
      CanaryDomain.SKELETON.replace("    <controller", MISSING_DISK);

  private DrillDomain() {}

  static String xml(Path file, String format) {
    return CanaryDomain.xml(SKELETON, file, format);
  }
}
