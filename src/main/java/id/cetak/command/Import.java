package id.cetak.command;

import org.jspecify.annotations.Nullable;

/**
 * Make a cloud image, which has never booted, a new version of a template.
 *
 * @param template the template that gets a new version; made when it does not exist
 * @param image a file's name in the host's import folder, never a path
 * @param sha256 what the file's digest must be, in lower case; null when nobody knows
 * @param network a libvirt network for the interface; null for the host's default
 */
public record Import(
    CommandId id,
    Name template,
    String image,
    @Nullable String sha256,
    int cpus,
    int memoryMiB,
    @Nullable String network)
    implements Command {
  @Override
  public String subject() {
    return template.value();
  }

  @Override
  public CommandType type() {
    return CommandType.IMPORT;
  }
}
