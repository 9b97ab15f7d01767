package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What virt-sysprep cannot do: empties the machine-id, which virt-sysprep itself writes anew, and
 * does what is right for one make of guest and wrong for another. A guestfish script that looks for
 * a few files and goes by what it finds, in one start of the appliance.
 */
final class SecondPass {
  /** The variable that holds the folder for what the script notes and reads. */
  static final String FOLDER = "CETAK_PASS";

  private static final String ISCSI = "/etc/iscsi/initiatorname.iscsi";
  private static final String DEBIAN = "/etc/debian_version";

  /** Debian's list of boot scripts, written anew when a package brings one. */
  static final String STARTPAR = "/etc/init.d/.depend.boot";

  private final Path folder;
  private final Path openrcService;
  private final List<String> lines = new ArrayList<>();
  private int conditions;

  /**
   * @param folder empty, for the script and its notes
   * @param openrcService the first-boot service for guests that start with OpenRC
   */
  SecondPass(Path folder, Path openrcService) {
    this.folder = folder;
    this.openrcService = openrcService;
  }

  /** Writes the script. */
  Path write() throws IOException {
    // Commands that begin with - may fail: the attestation judges what is left.
    lines.add("-truncate /etc/machine-id");
    // virt-sysprep knows how to name some distributions only.
    given("/etc/hostname").then("write /etc/hostname \"localhost\\n\"");
    given("/etc/conf.d/hostname")
        .then("write /etc/conf.d/hostname \"hostname=\\\"localhost\\\"\\n\"");
    given("/usr/bin/cloud-init")
        .butNot("/etc/cloud/cloud-init.disabled")
        .then(
            IdentityPaths.REMOVED_WITH_CLOUD_INIT.stream()
                .map(path -> "-glob rm-rf " + path)
                .toArray(String[]::new));
    // Debian's way to say "draw a name at the first start"; elsewhere a missing file says so.
    given(ISCSI, DEBIAN).then("write " + ISCSI + " \"GenerateName=yes\\n\"");
    given(ISCSI).butNot(DEBIAN).then("rm-f " + ISCSI);
    // SysV's rc runs what this list names and no more; without it, all of rcS.d in order.
    given(STARTPAR).then("rm-f " + STARTPAR);
    given("/sbin/openrc")
        .then(
            "upload \"" + openrcService + "\" /etc/init.d/cetak-first-boot",
            "chmod 0755 /etc/init.d/cetak-first-boot",
            "mkdir-p /etc/runlevels/boot",
            "ln-sf /etc/init.d/cetak-first-boot /etc/runlevels/boot/cetak-first-boot");
    Path script = folder.resolve("second-pass.fish");
    Files.write(script, lines);
    return script;
  }

  private Condition given(String... paths) {
    return new Condition(List.of(paths), List.of());
  }

  /** The guest has the one files, and not the others. */
  private final class Condition {
    private final List<String> there;
    private final List<String> missing;

    private Condition(List<String> there, List<String> missing) {
      this.there = there;
      this.missing = missing;
    }

    Condition butNot(String path) {
      return new Condition(there, List.of(path));
    }

    /** guestfish reads as commands what the program behind {@code <!} says. */
    void then(String... commands) throws IOException {
      String number = Integer.toString(++conditions);
      Files.write(folder.resolve("then-" + number), List.of(commands));
      List<String> tests =
          Stream.concat(
                  there.stream().map(path -> test(path, "")),
                  missing.stream().map(path -> test(path, "! ")))
              .toList();
      lines.add(
          "<! if %s; then cat \"$%s/then-%s\"; fi"
              .formatted(String.join(" && ", tests), FOLDER, number));
    }

    private String test(String path, String negation) {
      String note = "\"$" + FOLDER + "/has" + path.replace('/', '-') + '"';
      lines.add("exists " + path + " | cat > " + note);
      return negation + "grep -qx true " + note;
    }
  }
}
