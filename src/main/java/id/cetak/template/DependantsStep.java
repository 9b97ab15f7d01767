package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Finds what lies on a version's images, and journals it: the fleet's linked clones, however far
 * they are made or removed, and the domains of this host whose disks say so themselves, whoever
 * made them.
 */
@ApplicationScoped
class DependantsStep implements Step {
  static final String NAME = "dependants";

  private final Dependants dependants;
  private final Hypervisor hypervisor;
  private final Images images;
  private final CetakConfig config;

  DependantsStep(Dependants dependants, Hypervisor hypervisor, Images images, CetakConfig config) {
    this.dependants = dependants;
    this.hypervisor = hypervisor;
    this.images = images;
    this.config = config;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public FoundDependants run(Run run) {
    RetirePlan plan = run.plan(RetirePlan.class);
    List<Dependant> found =
        new ArrayList<>(
            dependants.castFrom(plan.template(), plan.version()).stream()
                .filter(Dependant::depends)
                .toList());
    Set<UUID> known = found.stream().map(Dependant::id).collect(Collectors.toSet());
    DiskChains chains = new DiskChains(images, plan.images());
    hypervisor.domains().stream()
        .filter(domain -> !known.contains(domain.uuid()))
        .flatMap(domain -> chains.dependant(domain, config.host(), run).stream())
        .forEach(found::add);
    return new FoundDependants(found);
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
