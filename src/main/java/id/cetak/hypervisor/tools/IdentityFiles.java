package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.GuestIdentity;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The few small files in which a Linux guest keeps who it is, as {@link IdentityScript} took them.
 * A stranger's files: each is bounded, none is unpacked, and a link is followed within the archive
 * alone.
 */
final class IdentityFiles {
  private static final int MAX_FILE_BYTES = 16 << 10;
  private static final int MAX_FILES = 2000;
  private static final int MAX_LINKS = 8;

  private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252})");
  private static final Pattern INSTANCE_ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final Pattern HOST_KEY =
      Pattern.compile("/etc/(ssh/ssh_host_[a-z0-9]+_key|dropbear/dropbear_[a-z0-9]+_host_key)");

  private static final Set<String> SYSTEM =
      Set.of("/etc/machine-id", "/etc/hostname", "/etc/hosts", "/etc/HOSTNAME");

  /** What cloud-init calls every instance that was told no id of its own. */
  private static final Set<String> NO_INSTANCE = Set.of("nocloud", "iid-datasource-none");

  /** Of whatever kind and size, so that no big or odd file hides a system. */
  private final Set<String> names = new HashSet<>();

  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, String> links = new TreeMap<>();

  /** Takes the files of one file system; a second one with the same names changes nothing. */
  void add(Path archive) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive));
        var tar = new TarArchiveInputStream(raw, "UTF-8")) {
      int count = 0;
      for (TarArchiveEntry entry = tar.getNextEntry();
          entry != null && ++count <= MAX_FILES;
          entry = tar.getNextEntry()) {
        add(tar, entry);
      }
    } catch (IOException e) {
      // Cut off at its limit, or damaged on purpose: what came before it counts.
      if (names.isEmpty()) {
        throw e;
      }
    }
  }

  private void add(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    String path = "/" + entry.getName().replaceFirst("^(\\./)+", "");
    // A file system of its own for /var has these one folder higher.
    path = path.replaceFirst("^/lib/(cloud|cetak|dbus)/", "/var/lib/$1/");
    names.add(path);
    if (entry.isSymbolicLink()) {
      links.putIfAbsent(path, entry.getLinkName());
    } else if (entry.isFile() && !entry.isLink() && entry.getSize() <= MAX_FILE_BYTES) {
      files.putIfAbsent(path, tar.readNBytes(MAX_FILE_BYTES));
    }
  }

  /** Whether a Linux system's files are among them. */
  boolean hasSystem() {
    return names.stream()
        .anyMatch(path -> SYSTEM.contains(path) || HOST_KEY.matcher(path).matches());
  }

  GuestIdentity identity(List<String> fileSystems) {
    return new GuestIdentity(
        first("/etc/hostname", "/etc/HOSTNAME")
            .filter(HOST_NAME.asMatchPredicate())
            .filter(name -> !HostNames.isNeutral(name))
            .orElse(null),
        // An empty one is filled from D-Bus's at the next boot.
        first("/etc/machine-id", "/var/lib/dbus/machine-id")
            .map(id -> id.toLowerCase(Locale.ROOT))
            .filter(MACHINE_ID.asMatchPredicate())
            .filter(id -> !id.matches("0+"))
            .orElse(null),
        hostKeys(),
        first("/var/lib/cloud/data/instance-id", "/var/lib/cetak/instance-id")
            .filter(INSTANCE_ID.asMatchPredicate())
            .filter(id -> !NO_INSTANCE.contains(id))
            .orElse(null),
        fileSystems);
  }

  private List<String> hostKeys() {
    List<String> keys = new ArrayList<>();
    for (String path : files.keySet()) {
      if (!HOST_KEY.matcher(path).matches()) {
        continue;
      }
      String publicPath = path + ".pub";
      byte[] publicFile = files.get(publicPath);
      Optional<String> told =
          publicFile == null ? Optional.empty() : HostKeyFiles.fingerprint(publicPath, publicFile);
      // The private half is what a client meets, whatever lies beside it.
      HostKeyFiles.fingerprint(path, files.get(path)).or(() -> told).ifPresent(keys::add);
    }
    return keys;
  }

  /** The first line of the first of these files that has one. */
  private Optional<String> first(String... paths) {
    for (String path : paths) {
      byte[] file = content(path);
      if (file != null) {
        String text = new String(file, StandardCharsets.UTF_8);
        Optional<String> line =
            text.lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                .findFirst()
                .filter(l -> !l.equals("uninitialized"));
        if (line.isPresent()) {
          return line;
        }
      }
    }
    return Optional.empty();
  }

  private byte @Nullable [] content(String path) {
    String here = path;
    for (int count = 0; count < MAX_LINKS; count++) {
      String target = links.get(here);
      if (target == null) {
        return files.get(here);
      }
      here = GuestTree.resolve(here, target);
    }
    return null;
  }
}
