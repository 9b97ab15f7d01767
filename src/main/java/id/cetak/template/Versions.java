package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hands sealed versions to clones, each one looked at first. */
@ApplicationScoped
public class Versions {
  private final VersionStore store;
  private final LatestStore latest;
  private final Barrier barrier;
  private final CetakConfig config;

  Versions(VersionStore store, LatestStore latest, Barrier barrier, CetakConfig config) {
    this.store = store;
    this.latest = latest;
    this.barrier = barrier;
    this.config = config;
  }

  /**
   * The version to cast from: the one asked for, or the {@linkplain LatestStore latest}. Its files
   * are compared with what the seal recorded (size, identity, times, owner, flags; not the
   * content), and a version that differs is quarantined on the spot.
   *
   * @throws Failure {@code TEMPLATE_UNKNOWN} when this host has no such sealed version, {@code
   *     TEMPLATE_QUARANTINED} when it is not trusted any more, {@code VERSION_RECALLED} or {@code
   *     VERSION_RETIRED} when it was withdrawn
   */
  public SealedVersion forClone(Name template, @Nullable Integer version) {
    TemplateVersion row = castable(template, version);
    verify(row);
    return sealed(row);
  }

  /**
   * The version that {@link #forClone} would give. Changes nothing: one that differs from its seal
   * is refused, and left to whoever clones from it.
   *
   * @throws Failure as {@link #forClone}
   */
  public SealedVersion look(Name template, @Nullable Integer version) {
    TemplateVersion row = castable(template, version);
    fault(row)
        .ifPresent(
            cause -> {
              throw quarantined(row, cause.word());
            });
    return sealed(row);
  }

  private TemplateVersion castable(Name template, @Nullable Integer version) {
    TemplateVersion row =
        (version == null
                ? latest.of(template.value()).or(() -> store.newestOfAnyState(template.value()))
                : store.numbered(template.value(), version))
            .orElseThrow(() -> unknown(template, version, "no host has sealed one"));
    switch (row.state) {
      case SEALING -> throw unknown(template, version, "its seal has not ended yet");
      case QUARANTINED -> throw quarantined(row, row.quarantinedFor);
      case RECALLED -> throw recalled(row);
      case RETIRED -> throw retired(row);
      case SEALED -> {}
    }
    if (!row.host.equals(config.host())) {
      throw unknown(
          template,
          version,
          "it is on host %s; send the command to that host or to any".formatted(row.host));
    }
    return row;
  }

  /**
   * Compares the files with what the seal recorded, and quarantines the version when they differ.
   */
  void verify(TemplateVersion row) {
    fault(row)
        .ifPresent(
            cause -> {
              store.quarantine(row.id, cause);
              throw quarantined(row, cause.word());
            });
  }

  private Optional<VersionStore.Cause> fault(TemplateVersion row) {
    for (TemplateFile file : row.files) {
      Path path = barrier.folder(row.id).resolve(file.name);
      if (!Files.exists(path)) {
        return Optional.of(VersionStore.Cause.MISSING);
      }
      if (!same(file.fingerprint, barrier.fingerprint(path))) {
        return Optional.of(VersionStore.Cause.CHANGED);
      }
    }
    return Optional.empty();
  }

  // Without the immutable flag, libvirt itself changes owner and ctime of a backing file at a
  // clone's start: then only
  // inode, links, size and mtime, the first four parts, are held against it.
  boolean same(String recorded, String now) {
    boolean waived =
        config.barrier().waived().map(w -> w.contains(Barrier.Layer.IMMUTABLE)).orElse(false);
    return waived ? firstFour(recorded).equals(firstFour(now)) : recorded.equals(now);
  }

  private static List<String> firstFour(String fingerprint) {
    return List.of(fingerprint.split(":", -1)).subList(0, 4);
  }

  private SealedVersion sealed(TemplateVersion row) {
    Path folder = barrier.folder(row.id);
    List<SealedDisk> disks =
        row.files.stream()
            .filter(file -> file.target != null)
            .map(
                file ->
                    new SealedDisk(
                        file.target, folder.resolve(file.name), "qcow2", file.virtualSizeBytes))
            .toList();
    return new SealedVersion(
        row.id,
        row.template,
        row.version,
        row.host,
        row.domainXml,
        disks,
        row.nvram ? folder.resolve(SealPlan.NVRAM) : null,
        row.digest(),
        SealedGuest.of(row.attestation));
  }

  private static Failure unknown(Name template, @Nullable Integer version, String why) {
    return Failure.of(
        FailureCode.TEMPLATE_UNKNOWN,
        "Template '%s'%s cannot be cast from: %s."
            .formatted(template, version == null ? "" : " version " + version, why),
        "Seal a domain into it with the command sysprep, or correct the name.");
  }

  private static Failure quarantined(TemplateVersion row, @Nullable String cause) {
    return Failure.of(
        FailureCode.TEMPLATE_QUARANTINED,
        "Template version %s is quarantined because its image was %s after the seal."
            .formatted(row.label(), Optional.ofNullable(cause).orElse("changed")),
        "Nothing is cast from it any more; seal a new version.");
  }

  private static Failure recalled(TemplateVersion row) {
    return new Failure(
        FailureCode.VERSION_RECALLED,
        "Template version %s was recalled%s. A recall is final: leave 'version' out for the latest good one, or seal a new version."
            .formatted(
                row.label(), row.recalledFor == null ? "" : ", because: " + row.recalledFor));
  }

  private static Failure retired(TemplateVersion row) {
    return new Failure(
        FailureCode.VERSION_RETIRED,
        "Template version %s was retired, and its images are gone. Leave 'version' out for the latest good one, or seal a new version."
            .formatted(row.label()));
  }
}
