package id.cetak.reconcile;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Lists the folders that Cetak names by ids. */
final class Folders {
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private Folders() {}

  /** The ids that name something in a folder; whatever else lies there is not Cetak's to judge. */
  static Set<UUID> idsIn(Path folder) {
    Set<UUID> ids = new HashSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path path : found) {
        String name = String.valueOf(path.getFileName());
        if (name.matches(ID)) {
          ids.add(UUID.fromString(name));
        }
      }
      return ids;
    } catch (NoSuchFileException none) {
      return ids;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      throw new Failure(
          FailureCode.TOOL_FAILED,
          "Folder %s: it cannot be read: %s. Look at its owner and mode.".formatted(folder, e),
          e);
    }
  }
}
