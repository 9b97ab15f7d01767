package id.cetak.hypervisor.tools;

import com.github.stephenc.javaisotools.iso9660.ConfigException;
import com.github.stephenc.javaisotools.iso9660.ISO9660File;
import com.github.stephenc.javaisotools.iso9660.ISO9660RootDirectory;
import com.github.stephenc.javaisotools.iso9660.StandardConfig;
import com.github.stephenc.javaisotools.iso9660.impl.CreateISO;
import com.github.stephenc.javaisotools.iso9660.impl.ISO9660Config;
import com.github.stephenc.javaisotools.joliet.impl.JolietConfig;
import com.github.stephenc.javaisotools.joliet.impl.JolietNamingConventions;
import com.github.stephenc.javaisotools.rockridge.impl.RockRidgeConfig;
import com.github.stephenc.javaisotools.sabre.HandlerException;
import com.github.stephenc.javaisotools.sabre.impl.ByteArrayDataReference;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An ISO 9660 image of a few small files, made in memory: labelled {@code CIDATA}, with Rock Ridge
 * names for Linux and Joliet names for others. The same files give the same bytes.
 */
final class SeedImage {
  static final Pattern FILE_NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,30}[a-z0-9])?");

  private static final String LABEL = "CIDATA";

  /** Of all files, so that two images of the same files do not differ. */
  private static final Instant TIME = Instant.parse("2000-01-01T12:00:00Z");

  static {
    // Else a Joliet name without an extension ends with a dot.
    JolietNamingConventions.FORCE_DOT_DELIMITER = false;
  }

  private SeedImage() {}

  /**
   * @param files each file's text by its name, which matches {@link #FILE_NAME}
   */
  static ByteBuffer of(Map<String, String> files) {
    var root = new ISO9660RootDirectory();
    var image = new IsoBytes(TIME);
    try {
      for (var file : files.entrySet()) {
        root.addFile(new File(file.getKey(), file.getValue()));
      }
      new CreateISO(image, root)
          .process(
              labelled(new ISO9660Config()),
              new RockRidgeConfig(),
              labelled(new JolietConfig()),
              null);
      return image.bytes();
    } catch (HandlerException | ConfigException | FileNotFoundException e) {
      throw new IllegalStateException("an image of small files with plain names is refused", e);
    }
  }

  private static <C extends StandardConfig> C labelled(C config) throws ConfigException {
    var time = Date.from(TIME);
    config.setVolumeID(LABEL);
    config.setCreateDate(time);
    config.setModDate(time);
    config.setEffectiveDate(time);
    return config;
  }

  private static final class File extends ISO9660File {
    private static final long serialVersionUID = 1L;

    File(String name, String text) throws HandlerException {
      super(
          new ByteArrayDataReference(text.getBytes(StandardCharsets.UTF_8)),
          name,
          TIME.toEpochMilli());
    }

    /** The library's own takes two files for one when their hash codes happen to be the same. */
    @Override
    public Object getContentID() {
      return getDataReference();
    }
  }
}
