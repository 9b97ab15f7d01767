package id.cetak.hypervisor.tools;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Reads a guest through guestfish, in one start of the appliance: {@link #script()} says what to
 * write into a folder of the host, {@link #tree} reads that folder. All of it is the guest's word
 * and may be hostile: each output is cut at a limit, the archive is read in memory and never
 * unpacked, and too much of anything fails.
 */
final class GuestReader {
  /** The variable that holds the folder for the script's outputs. */
  static final String FOLDER = "CETAK_OUT";

  private static final int MAX_ARCHIVE_BYTES = 128 << 20;
  private static final int MAX_LIST_BYTES = 1 << 20;
  private static final int MAX_FILE_BYTES = 256 << 10;
  private static final int MAX_FILES = 100_000;
  private static final List<String> SWAP_FILES = List.of("/swapfile", "/swap.img", "/swap");
  private static final Pattern SUSPENDED =
      Pattern.compile("S[12]SUSPEND.*|ULSUSPEND.*|LINHIB0001.*", Pattern.DOTALL);

  /** The parts of {@code /etc} whose content is judged; of the rest the names suffice. */
  static final Pattern READ =
      Pattern.compile(
          "/etc/(machine-id|iscsi/initiatorname\\.iscsi)|"
              + String.join("|", HostNames.PLACES, NetworkMacs.PLACES, CloudInitPins.PLACES));

  private final Path folder;

  GuestReader(Path folder) {
    this.folder = folder;
  }

  /**
   * guestfish commands. Every command that fails ends the run, but those that begin with {@code -},
   * whose silence is judged as the worst.
   */
  static String script() {
    List<String> lines = new ArrayList<>();
    lines.add("list-filesystems" + into("filesystems", MAX_LIST_BYTES));
    lines.add("tar-out /etc -" + into("etc.tar", MAX_ARCHIVE_BYTES));
    for (String pattern : IdentityPaths.LOOKED_FOR) {
      lines.add("glob-expand " + pattern + into("found", MAX_LIST_BYTES));
    }
    lines.add("-readlink /var/lib/dbus/machine-id" + into("dbus-link", 4096));
    lines.add("-filesize /var/lib/dbus/machine-id" + into("dbus-size", 64));
    lines.add("-findfs-label CIDATA" + into("seed-device", 4096));
    lines.add("-findfs-label cidata" + into("seed-device", 4096));
    for (String swap : SWAP_FILES) {
      lines.add("-pread " + swap + " 10 4086" + into("swap" + swap.replace('/', '-'), 10));
    }
    return String.join("\n", lines) + "\n";
  }

  GuestTree tree() throws IOException {
    Map<String, GuestFile> files = new HashMap<>();
    for (String path : lines("found")) {
      files.put(path, GuestFile.NAMED);
    }
    addDbusMachineId(files);
    addEtc(files);
    Map<String, String> filesystems = new HashMap<>();
    for (String line : lines("filesystems")) {
      int colon = line.lastIndexOf(": ");
      if (colon > 0) {
        filesystems.put(line.substring(0, colon), line.substring(colon + 2).strip());
      }
    }
    List<String> suspended = new ArrayList<>();
    for (String swap : SWAP_FILES) {
      if (SUSPENDED.matcher(text("swap" + swap.replace('/', '-'), 10)).matches()) {
        suspended.add(swap);
      }
    }
    String seedDevice = lines("seed-device").stream().findFirst().orElse("");
    return new GuestTree(files, filesystems, suspended, seedDevice);
  }

  private void addDbusMachineId(Map<String, GuestFile> files) throws IOException {
    String path = "/var/lib/dbus/machine-id";
    String link = text("dbus-link", 4096).strip();
    if (!link.isEmpty()) {
      files.put(path, GuestFile.link(link));
    } else if (files.containsKey(path) && text("dbus-size", 64).strip().equals("0")) {
      files.put(path, GuestFile.text(""));
    }
  }

  private void addEtc(Map<String, GuestFile> files) throws IOException {
    Path archive = folder.resolve("etc.tar");
    if (Files.size(archive) >= MAX_ARCHIVE_BYTES) {
      throw new IOException("the guest's /etc is larger than " + MAX_ARCHIVE_BYTES + " bytes");
    }
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive));
        var tar = new TarArchiveInputStream(raw, "UTF-8")) {
      int count = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++count > MAX_FILES) {
          throw new IOException("the guest's /etc holds more than " + MAX_FILES + " files");
        }
        String path = "/etc/" + entry.getName().replaceFirst("^(\\./)+", "");
        if (entry.isSymbolicLink()) {
          files.put(path, GuestFile.link(entry.getLinkName()));
        } else if (!entry.isDirectory()) {
          files.put(path, content(tar, entry, path));
        }
      }
      if (count == 0) {
        throw new IOException("the guest's /etc is empty");
      }
    }
  }

  private static GuestFile content(TarArchiveInputStream tar, TarArchiveEntry entry, String path)
      throws IOException {
    boolean read =
        entry.isFile()
            && !entry.isLink()
            && !entry.isSparse()
            && entry.getSize() <= MAX_FILE_BYTES
            && READ.matcher(path).matches();
    if (!read) {
      // A hard link's own size is told as 0, which must not pass for an empty file.
      return new GuestFile(entry.isLink() ? -1 : entry.getSize(), null, null);
    }
    byte[] bytes = tar.readNBytes(MAX_FILE_BYTES);
    return new GuestFile(bytes.length, new String(bytes, StandardCharsets.UTF_8), null);
  }

  private List<String> lines(String name) throws IOException {
    String text = text(name, MAX_LIST_BYTES);
    if (text.length() >= MAX_LIST_BYTES) {
      throw new IOException("the guest has too many " + name);
    }
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private String text(String name, int maxBytes) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(maxBytes), StandardCharsets.UTF_8);
    }
  }

  private static String into(String file, int maxBytes) {
    return " | head -c " + maxBytes + " >> \"$" + FOLDER + "/" + file + "\"";
  }
}
