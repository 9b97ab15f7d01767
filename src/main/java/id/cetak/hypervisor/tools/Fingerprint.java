package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the file system remembers of a file, in nine parts: inode, links, size, time of the last
 * write, time of the last change, mode, owner, group, immutable. Nobody but the kernel sets the
 * time of the last change. Without the device's number, which may be another one after a reboot.
 */
final class Fingerprint {
  private static final String ATTRIBUTES =
      "unix:ino,nlink,size,lastModifiedTime,ctime,mode,uid,gid";

  private Fingerprint() {}

  static String of(Path file) throws IOException {
    Map<String, Object> of = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return String.join(
        ":",
        String.valueOf(of.get("ino")),
        String.valueOf(of.get("nlink")),
        String.valueOf(of.get("size")),
        nanos(of.get("lastModifiedTime")),
        nanos(of.get("ctime")),
        Integer.toOctalString(number(of.get("mode"))),
        String.valueOf(of.get("uid")),
        String.valueOf(of.get("gid")),
        FileFlags.isImmutable(file) ? "immutable" : "mutable");
  }

  private static String nanos(@org.jspecify.annotations.Nullable Object time) {
    return time instanceof FileTime known ? Long.toString(known.to(TimeUnit.NANOSECONDS)) : "";
  }

  private static int number(@org.jspecify.annotations.Nullable Object number) {
    return number instanceof Integer known ? known : 0;
  }
}
