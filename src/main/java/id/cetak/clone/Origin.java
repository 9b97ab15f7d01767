package id.cetak.clone;

/**
 * Where a clone comes from; recorded in its domain's metadata.
 *
 * @param template the template's name
 * @param version the sealed version's number
 * @param fence the attempt of the job that planned the clone
 * @param commandId the command that asked for it
 */
public record Origin(String template, int version, int fence, String commandId) {
  /** For texts: {@code debian-12@3}. */
  String label() {
    return template + "@" + version;
  }
}
