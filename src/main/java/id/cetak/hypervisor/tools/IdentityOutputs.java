package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.GuestIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one run of {@link IdentityScript} has written: per file system its name, its type, files.
 */
final class IdentityOutputs {
  private static final Set<String> ALONE =
      Set.of("LVM2_member", "btrfs", "linux_raid_member", "zfs_member", "bcache");
  private static final Pattern UUID_LINE = Pattern.compile("[0-9A-Fa-f-]{4,36}");

  private final Path folder;
  private final boolean alone;

  /**
   * @param alone whether all devices belong to one guest
   */
  IdentityOutputs(Path folder, boolean alone) {
    this.folder = folder;
    this.alone = alone;
  }

  /**
   * A guest's part.
   *
   * @param unread why there is no identity, as a sentence
   * @param wantsToBeAlone whether it has to be read in an appliance of its own
   */
  record Found(@Nullable GuestIdentity identity, @Nullable String unread, boolean wantsToBeAlone) {
    static final Found NOT_YET = unread("It was not looked at.");

    static Found unread(String sentence) {
      return new Found(null, sentence, false);
    }
  }

  /** What was found on these disks. */
  Found of(Set<String> disks) throws IOException {
    var files = new IdentityFiles();
    List<String> fileSystems = new ArrayList<>();
    Set<String> types = new TreeSet<>();
    for (Path device : devices()) {
      String name = text(device).strip();
      if (!alone && !disks.contains(name.replaceFirst("[0-9]+$", ""))) {
        continue;
      }
      String number = device.getFileName().toString().replace(".device", "");
      String blkid = text(folder.resolve(number + ".blkid"));
      String type = value(blkid, "TYPE");
      types.add(type.isEmpty() ? "nothing that is known" : type);
      Path archive = folder.resolve(number + ".tar");
      if (Files.exists(archive) && Files.size(archive) > 0) {
        files.add(archive);
        if (UUID_LINE.matcher(value(blkid, "UUID")).matches()) {
          fileSystems.add(value(blkid, "UUID"));
        }
      }
    }
    if (files.hasSystem()) {
      return new Found(files.identity(fileSystems), null, false);
    }
    if (!alone && types.stream().anyMatch(ALONE::contains)) {
      return new Found(null, "It was not looked at alone.", true);
    }
    return Found.unread(
        types.contains("crypto_LUKS")
            ? "Its disk is encrypted. Only the guest itself can say who it is."
            : "No Linux system was found on its disks, only %s."
                .formatted(types.isEmpty() ? "nothing" : String.join(", ", types)));
  }

  private List<Path> devices() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(file -> file.toString().endsWith(".device")).sorted().toList();
    }
  }

  private static String value(String blkid, String key) {
    return blkid
        .lines()
        .filter(line -> line.startsWith(key + ": "))
        .map(line -> line.substring(key.length() + 2).strip())
        .filter(value -> value.matches("[\\w.:-]{1,64}"))
        .findFirst()
        .orElse("");
  }

  private static String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(IdentityScript.MAX_LIST_BYTES), StandardCharsets.UTF_8);
    }
  }
}
