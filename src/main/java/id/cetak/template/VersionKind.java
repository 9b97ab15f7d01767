package id.cetak.template;

/** How a version came about; stored with it, never renamed. */
enum VersionKind {
  /** A domain that ran was cleaned and sealed. */
  SYSPREPPED("sysprepped"),
  /** An image was imported that never ran. */
  CLOUD_IMAGE("cloud-image");

  private final String word;

  VersionKind(String word) {
    this.word = word;
  }

  /** As events say it. */
  String word() {
    return word;
  }
}
