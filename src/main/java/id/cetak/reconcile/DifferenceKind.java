package id.cetak.reconcile;

import java.util.Locale;

/** The ways in which a host and the database can differ, each with what to do about it. */
enum DifferenceKind {
  /** The ledger has a clone of this host that libvirt does not know. */
  CLONE_WITHOUT_DOMAIN(
      "Send the command delete for it when it is to be gone, or define its domain again with the"
          + " same UUID when not."),
  /** A domain says that Cetak made it, and no host has an entry for it. */
  DOMAIN_WITHOUT_ENTRY(
      "Send reconcile with repair, which makes the entry anew from the domain's metadata."),
  /** A domain is here whose entry names another host. */
  DOMAIN_ON_OTHER_HOST(
      "Bring it back to the host of its entry: its files and its template's images are there."),
  /** A domain carries the metadata of another one. */
  METADATA_COPIED(
      "Find out who copied the clone: both may share machine-id and SSH host keys. Remove the copy,"
          + " or remove Cetak's element from its metadata."),
  /** A clone's domain does not say where it comes from. */
  METADATA_MISSING("Send reconcile with repair, which writes it from the ledger."),
  /** A clone's domain says something else than the ledger. */
  METADATA_DIFFERS("Send reconcile with repair, which writes it from the ledger."),
  /** A clone and the version that it should come from do not have the same content below them. */
  DIGEST_DIFFERS(
      "Find out whether the database was restored to a time before the version: the number may"
          + " stand for two images. Decide which one is right before another clone is made."),
  /** A clone's domain has another name than the ledger. */
  DOMAIN_RENAMED("Rename the domain back with virsh domrename."),
  /** A clone's interfaces have other addresses than the ledger gave out. */
  MAC_CHANGED(
      "Set the addresses back with virsh edit: another clone may be given the ones that are in use"
          + " now."),
  /** A file that a clone's domain names is not there. */
  DISK_MISSING("Bring the file back from a backup, or send the command delete for the clone."),
  /** A clone's disk lies on something else than its version. */
  BACKING_DIFFERS(
      "Find out who changed the image. The version that it names must not be retired, nor the one"
          + " that it lies on."),
  /** A clone's disk cannot be read. */
  DISK_UNREADABLE("Look at the image with qemu-img check before the guest is started again."),
  /** The domain of a clone that failed or was cancelled: a worker made it too late to be heard. */
  DOMAIN_LEFT_OVER(
      "Shut it down if nobody needs it, and send reconcile with repair, which removes it when it is"
          + " off."),
  /** Files of a job that has ended. */
  FOLDER_LEFT_OVER("Send reconcile with repair, which removes it."),
  /** A folder among the clones or the work that no job and no entry owns. */
  FOLDER_WITHOUT_OWNER(
      "Look what is in it, and remove it by hand when nobody needs it. Cetak removes nothing that"
          + " it does not know."),
  /** A folder among the sealed images that is no version. */
  IMAGES_WITHOUT_VERSION(
      "Restore the database from a younger backup; or run cetak-barrier unseal and remove the"
          + " folder by hand when no clone lies on it."),
  /** A version whose images, or some of them, are gone. */
  IMAGES_MISSING("Bring the files back from a backup, or seal a new version."),
  /**
   * A version whose images do not look as when they were sealed, or lack a layer of the barrier.
   */
  BARRIER_BROKEN(
      "Find out who did it. Send reconcile with repair, which reads the images in full and puts the"
          + " barrier up again when they are what was sealed.");

  private final String remedy;

  DifferenceKind(String remedy) {
    this.remedy = remedy;
  }

  /** As events say it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a person can do. */
  String remedy() {
    return remedy;
  }

  /** Whether it can be mended without a doubt. */
  boolean repairable() {
    return switch (this) {
      case DOMAIN_WITHOUT_ENTRY,
          METADATA_MISSING,
          METADATA_DIFFERS,
          BARRIER_BROKEN,
          DOMAIN_LEFT_OVER,
          FOLDER_LEFT_OVER ->
          true;
      case CLONE_WITHOUT_DOMAIN,
          DOMAIN_ON_OTHER_HOST,
          METADATA_COPIED,
          DIGEST_DIFFERS,
          DOMAIN_RENAMED,
          MAC_CHANGED,
          DISK_MISSING,
          BACKING_DIFFERS,
          DISK_UNREADABLE,
          FOLDER_WITHOUT_OWNER,
          IMAGES_WITHOUT_VERSION,
          IMAGES_MISSING ->
          false;
    };
  }
}
