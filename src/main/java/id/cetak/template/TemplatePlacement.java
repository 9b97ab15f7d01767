package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.job.Placement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A clone belongs where its template's images are; a seal where its domain is. */
@ApplicationScoped
class TemplatePlacement implements Placement {
  private static final String LIVE_HOSTS =
      "select name from host where seen_at > clock_timestamp() - interval '60 seconds' order by name";

  private final VersionStore versions;
  private final Hypervisor hypervisor;
  private final EntityManager database;
  private final String host;

  TemplatePlacement(
      VersionStore versions, Hypervisor hypervisor, EntityManager database, CetakConfig config) {
    this.versions = versions;
    this.hypervisor = hypervisor;
    this.database = database;
    this.host = config.host();
  }

  @Override
  public Object need(Command command) {
    if (command instanceof Command.Clone clone) {
      return Arrays.asList(clone.template(), clone.version());
    }
    return command instanceof Command.Sysprep sysprep ? sysprep.domain() : command.type();
  }

  @Override
  public String hostFor(Command command, Set<String> tried) {
    if (command instanceof Command.Clone clone) {
      return templateHost(clone).orElse(host);
    }
    if (command instanceof Command.Sysprep sysprep) {
      return hasDomain(sysprep.domain()) ? host : nextHost(tried);
    }
    return host;
  }

  private Optional<String> templateHost(Command.Clone clone) {
    String template = clone.template().value();
    Optional<TemplateVersion> version =
        clone.version() == null
            ? versions.latest(template)
            : versions.numbered(template, clone.version());
    return version.map(row -> row.host);
  }

  private boolean hasDomain(String domain) {
    try {
      return hypervisor.find(domain).isPresent();
    } catch (Failure unclear) {
      // Without an answer from libvirt nobody knows better: the job is taken here, and waits for
      // libvirt.
      return true;
    }
  }

  @SuppressWarnings("unchecked")
  private String nextHost(Set<String> tried) {
    return ((List<String>) database.createNativeQuery(LIVE_HOSTS).getResultList())
        .stream()
            .filter(name -> !name.equals(host) && !tried.contains(name))
            .findFirst()
            .orElse(host);
  }
}
