package id.cetak.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Turns what the steps have made into a sealed version, in the transaction that ends the job. */
@ApplicationScoped
class Publication {
  private final VersionStore versions;
  private final Barrier barrier;
  private final ObjectMapper json;

  Publication(VersionStore versions, Barrier barrier, ObjectMapper json) {
    this.versions = versions;
    this.barrier = barrier;
    this.json = json;
  }

  /**
   * Publishes the version.
   *
   * @return what its event says
   */
  Map<String, Object> of(Run run, VersionPlan plan) {
    Attestation attestation = run.result(AttestStep.NAME, Attestation.class).orElseThrow();
    Digests digests = run.result(DigestStep.NAME, Digests.class).orElseThrow();
    List<TemplateFile> files = digests.files().stream().map(file -> row(plan, file)).toList();
    versions.publish(
        run.jobId(),
        run.lockFence(),
        new VersionStore.Published(
            plan.kind(),
            plan.domainXml(),
            plan.nvramName() != null,
            text(attestation.checks()),
            files));
    Map<String, Object> data = run.eventData();
    data.put("template", plan.template());
    data.put("version", plan.version());
    Integer parent = plan.parent();
    if (parent != null) {
      data.put("parent", parent);
    }
    data.put("kind", plan.kind().word());
    data.put("digest", digests.files().get(0).sha256());
    data.put("disks", digests.files());
    data.put("folder", plan.folder().toString());
    data.put("attestation", attestation.checks());
    return data;
  }

  private TemplateFile row(VersionPlan plan, Digests.FileDigest file) {
    TemplateFile row = new TemplateFile();
    row.name = file.name();
    row.digest = file.sha256();
    row.fingerprint = barrier.fingerprint(plan.folder().resolve(file.name()));
    for (VersionPlan.VersionDisk disk : plan.versionDisks()) {
      if (disk.name().equals(file.name())) {
        row.target = disk.target();
        row.virtualSizeBytes = disk.virtualSizeBytes();
      }
    }
    return row;
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An attestation cannot be written as JSON", e);
    }
  }
}
