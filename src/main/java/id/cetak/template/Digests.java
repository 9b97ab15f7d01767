package id.cetak.template;

import java.util.List;

/** The digests of a version's files, disks first, in order. */
record Digests(List<FileDigest> files) {
  /** A file in the version's folder, with its SHA-256 in lower-case hexadecimal. */
  record FileDigest(String name, String sha256) {}
}
