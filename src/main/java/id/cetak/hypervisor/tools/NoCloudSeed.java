package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.GuestIdentities.Seed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a NoCloud seed on ISO 9660 says of its guest. meta-data is YAML, or JSON, which is too. */
final class NoCloudSeed {
  private static final int LABEL_AT = 16 * 2048 + 40;
  private static final int LABEL_BYTES = 6;

  private NoCloudSeed() {}

  static Optional<Seed> read(Path image) {
    try {
      if (!Files.isRegularFile(image) || !isLabelled(image)) {
        return Optional.empty();
      }
      return SeedContent.read(image, "meta-data")
          .map(text -> new Seed(value(text, "instance-id"), value(text, "local-hostname")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isLabelled(Path image) throws IOException {
    try (InputStream in = Files.newInputStream(image)) {
      in.skipNBytes(LABEL_AT);
      String label = new String(in.readNBytes(LABEL_BYTES), StandardCharsets.US_ASCII);
      return label.equalsIgnoreCase("cidata");
    }
  }

  /**
   * A key at the beginning of a line: bare, or in JSON's or YAML's quotes. A stranger's text, of
   * some MiB: no character of it is read more than a few times.
   */
  static String value(CharSequence metaData, String key) {
    Matcher found =
        Pattern.compile(
                "(?m)(?:^|[{,])[\\s&&[^\\r\\n]]*+[\"']?"
                    + key
                    + "[\"']?\\s*+:\\s*+[\"']?([\\x21-\\x7e&&[^\"',}]]{1,255})")
            .matcher(metaData);
    return found.find() ? found.group(1) : "";
  }
}
