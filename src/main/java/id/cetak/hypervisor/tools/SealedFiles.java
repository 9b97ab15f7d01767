package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/**
 * The sealed files of this host, recognised by device and inode: another path to the same file, by
 * a link or a mount, is the same file.
 */
final class SealedFiles {
  private final Path sealed;

  SealedFiles(Path sealed) {
    this.sealed = sealed;
  }

  /**
   * The version that owns one of the domain's own files: any disk or medium, the UEFI variables,
   * the loader. What lies below a disk is not looked at; a clone is a disk on a sealed one.
   */
  Optional<UUID> ownerOfAny(DomainXml domain) throws IOException {
    List<Path> files = new ArrayList<>();
    domain.disks().stream().map(DomainDisk::file).filter(Objects::nonNull).forEach(files::add);
    domain.nvram().ifPresent(files::add);
    loader(domain).ifPresent(files::add);
    if (files.isEmpty()) {
      return Optional.empty();
    }
    List<Object> keys = new ArrayList<>();
    for (Path file : files) {
      if (file != null && Files.exists(file)) {
        keys.add(key(file));
      }
    }
    return keys.isEmpty() ? Optional.empty() : ownerOf(keys);
  }

  private Optional<UUID> ownerOf(List<Object> keys) throws IOException {
    try (DirectoryStream<Path> versions = Files.newDirectoryStream(sealed)) {
      for (Path version : versions) {
        Optional<UUID> id = id(version);
        if (id.isPresent() && holdsAny(version, keys)) {
          return id;
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static boolean holdsAny(Path version, List<Object> keys) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(version, "*.{qcow2,fd}")) {
      for (Path file : files) {
        if (keys.contains(key(file))) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Retired in between; or no version at all.
      return false;
    }
  }

  private static Optional<Path> loader(DomainXml domain) {
    Optional<Element> os = DomainXml.child(domain.root(), "os");
    return os.flatMap(element -> DomainXml.child(element, "loader"))
        .map(element -> element.getTextContent().strip())
        .filter(text -> text.startsWith("/"))
        .map(Path::of);
  }

  private static Optional<UUID> id(Path folder) {
    return Stream.of(String.valueOf(folder.getFileName()))
        .filter(name -> name.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
        .map(UUID::fromString)
        .findFirst();
  }

  private static Object key(Path file) throws IOException {
    return Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
  }
}
