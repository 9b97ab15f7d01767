package id.cetak.template;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Import;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.Hypervisor;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is looked at before an import takes anything: a plan demands that it be in order,
 * a dry run reports what is not.
 */
@ApplicationScoped
class ImportInspection {
  private final ForeignImages foreign;
  private final Hypervisor hypervisor;
  private final SealInspection host;
  private final CetakConfig config;

  ImportInspection(
      ForeignImages foreign, Hypervisor hypervisor, SealInspection host, CetakConfig config) {
    this.foreign = foreign;
    this.hypervisor = hypervisor;
    this.host = host;
    this.config = config;
  }

  /**
   * An image that may be imported, by a first look.
   *
   * @param network of the version's interface; null for none
   */
  record Inspected(ForeignImages.Kind source, @Nullable String network) {
    /** The copy, and what it can unfold to at worst. */
    Need need() {
      return new Need(source.fileBytes() + source.virtualSizeBytes(), 4);
    }
  }

  /** Looks at the host and the file; empty when the image is unfit, which the complaints say. */
  Optional<Inspected> inspect(Import command, Set<Barrier.Layer> missing, Complaints complaints) {
    host.checkBarrier(what(command), missing, complaints);
    Optional<ForeignImages.Kind> source = complaints.tried(() -> foreign.look(command.image()));
    String network =
        command.network() == null ? config.imports().network().orElse(null) : command.network();
    if (network != null
        && !complaints.tried(() -> hypervisor.networkExists(network)).orElse(true)) {
      complaints.add(
          Failure.of(
              FailureCode.NETWORK_UNKNOWN,
              "%s: host %s has no network '%s'.".formatted(what(command), config.host(), network),
              "Define it there, or give another 'network'."));
    }
    return source.map(kind -> new Inspected(kind, network));
  }

  /** How errors of an import begin. */
  static String what(Import command) {
    return "Import of template '%s'".formatted(command.template());
  }
}
