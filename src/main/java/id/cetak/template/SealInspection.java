package id.cetak.template;

import id.cetak.admission.Admission;
import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that is looked at before a seal takes anything: a plan demands that it be in order, a
 * dry run reports what is not.
 */
@ApplicationScoped
class SealInspection {
  private final Hypervisor hypervisor;
  private final Images images;
  private final SealPreconditions preconditions;
  private final Admission admission;
  private final CetakConfig config;

  SealInspection(
      Hypervisor hypervisor,
      Images images,
      SealPreconditions preconditions,
      Admission admission,
      CetakConfig config) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.preconditions = preconditions;
    this.admission = admission;
    this.config = config;
  }

  /** A domain that can be sealed, as it was found. */
  record Inspected(Domain domain, DomainXml xml, SealSources sources) {}

  /**
   * Looks at the host and the domain.
   *
   * @param missing the layers of the barrier that the host was found without
   * @return empty when the domain cannot be sealed, which the complaints say
   * @throws Failure by the complaints: {@code BARRIER_MISSING}, {@code DOMAIN_UNKNOWN}, {@code
   *     DOMAIN_RUNNING} or {@code DOMAIN_UNFIT}
   */
  Optional<Inspected> inspect(
      Command.Sysprep command, Set<Barrier.Layer> missing, StopSignal stop, Complaints complaints) {
    Optional<Domain> found = complaints.tried(() -> domain(command));
    checkBarrier(applicant(command), missing, complaints);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Domain domain = found.get();
    DomainXml xml = DomainXml.parse(domain.xml());
    Optional<List<SealFault>> faults =
        complaints.tried(() -> preconditions.faults(domain, xml, command, stop));
    if (faults.isEmpty() || !faults.get().isEmpty()) {
      faults.ifPresent(
          all ->
              complaints.addAll(
                  SealFault.refusal(command, all),
                  all.stream().map(fault -> fault.refusal(command)).toList()));
      return Optional.empty();
    }
    return complaints
        .tried(() -> SealSources.of(xml, images, stop))
        .map(sources -> new Inspected(domain, xml, sources));
  }

  /**
   * Has the room for the overlays and the flat images promised to the seal.
   *
   * @throws Failure {@code NO_SPACE} or {@code TOO_LARGE}
   */
  void demandRoom(Run run, Inspected found) {
    demandRoom(run, applicant(run.command(Command.Sysprep.class)), found.sources().need());
  }

  /** The same for whoever makes a version otherwise. */
  void demandRoom(Run run, String what, Need need) {
    admission.demand(new Admission.Applicant(run.jobId(), run.attempt(), what), need);
  }

  /** Complains as {@link #demandRoom} would, and has nothing promised. */
  void lookForRoom(Command.Sysprep command, Inspected found, Complaints complaints) {
    lookForRoom(applicant(command), found.sources().need(), complaints);
  }

  /** The same for whoever makes a version otherwise. */
  void lookForRoom(String what, Need need, Complaints complaints) {
    admission.look(what, need, complaints);
  }

  private Domain domain(Command.Sysprep command) {
    return hypervisor
        .find(command.domain())
        .orElseThrow(
            () ->
                Failure.of(
                    FailureCode.DOMAIN_UNKNOWN,
                    "%s: libvirt on host %s knows no domain '%s'."
                        .formatted(applicant(command), config.host(), command.domain()),
                    "Correct the name, or send the command to the host that has it."));
  }

  /**
   * Complains when the host lacks a layer that the configuration does not waive.
   *
   * @param what the beginning of an error sentence
   */
  void checkBarrier(String what, Set<Barrier.Layer> found, Complaints complaints) {
    Set<Barrier.Layer> missing = EnumSet.noneOf(Barrier.Layer.class);
    missing.addAll(found);
    missing.removeAll(config.barrier().waived().orElse(Set.of()));
    if (!missing.isEmpty()) {
      complaints.add(
          Failure.of(
              FailureCode.BARRIER_MISSING,
              "%s: host %s does not have the barrier's layer %s, and the configuration does not waive it."
                  .formatted(
                      what,
                      config.host(),
                      missing.stream().map(Enum::name).collect(Collectors.joining(", "))),
              "Run 'cetak-barrier install' there, or name the layer in cetak.barrier.waived."));
    }
  }

  private static String applicant(Command.Sysprep command) {
    return "Seal of template '%s'".formatted(command.template());
  }
}
