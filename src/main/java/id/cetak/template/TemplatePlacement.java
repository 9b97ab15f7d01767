package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Import;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.job.Placement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Clones and retirements belong where the version's images are; a seal where its domain is, and an
 * import where its image is.
 */
@ApplicationScoped
class TemplatePlacement implements Placement {
  private static final String LIVE_HOSTS =
      "select name from host where seen_at > clock_timestamp() - interval '60 seconds' order by"
          + " name";

  private final VersionStore versions;
  private final LatestStore latest;
  private final Hypervisor hypervisor;
  private final ForeignImages foreign;
  private final EntityManager database;
  private final String host;

  TemplatePlacement(
      VersionStore versions,
      LatestStore latest,
      Hypervisor hypervisor,
      ForeignImages foreign,
      EntityManager database,
      CetakConfig config) {
    this.versions = versions;
    this.latest = latest;
    this.hypervisor = hypervisor;
    this.foreign = foreign;
    this.database = database;
    this.host = config.host();
  }

  @Override
  public Optional<Object> need(Command command) {
    if (command instanceof Command.Sysprep sysprep) {
      return Optional.of(sysprep.domain());
    }
    if (command instanceof Import wanted) {
      return Optional.of(new Imported(wanted.image()));
    }
    return wanted(command).map(Object.class::cast);
  }

  @Override
  public String hostFor(Command command, Set<String> tried) {
    if (command instanceof Command.Sysprep sysprep) {
      return hasDomain(sysprep.domain()) ? host : nextHost(tried);
    }
    if (command instanceof Import wanted) {
      return foreign.has(wanted.image()) ? host : nextHost(tried);
    }
    return wanted(command).flatMap(this::templateHost).orElse(host);
  }

  /** An image in the import folder; another thing than a domain of the same name. */
  private record Imported(String image) {}

  /** A version of a template; null for the latest. */
  private record Wanted(String template, @Nullable Integer version) {}

  private static Optional<Wanted> wanted(Command command) {
    if (command instanceof Command.Clone clone) {
      return Optional.of(new Wanted(clone.template().value(), clone.version()));
    }
    if (command instanceof Command.CloneBatch batch) {
      return Optional.of(new Wanted(batch.template().value(), batch.options().version()));
    }
    if (command instanceof Command.Retire retire) {
      return Optional.of(new Wanted(retire.template().value(), retire.version()));
    }
    return Optional.empty();
  }

  private Optional<String> templateHost(Wanted wanted) {
    Integer number = wanted.version();
    Optional<TemplateVersion> version =
        number == null
            ? latest.of(wanted.template())
            : versions.numbered(wanted.template(), number);
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
