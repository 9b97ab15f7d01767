package id.cetak.reconcile;

import id.cetak.clone.ClonesOnHosts.Entry;
import id.cetak.clone.Lineage;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.template.HostVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares what a domain says with what the ledger says. */
final class DomainComparison {
  private final Settled settled;
  private final Map<String, HostVersion> versions;

  DomainComparison(Settled settled) {
    this.settled = settled;
    this.versions =
        settled.versions().stream()
            .collect(Collectors.toMap(HostVersion::label, version -> version, (a, b) -> a));
  }

  /**
   * The clone that a domain is, by its entry or else by its own word; empty for another's domain.
   */
  Optional<Lineage> cloneOf(Domain domain, DomainXml xml) {
    return settled
        .here(domain.uuid())
        .map(Entry::lineage)
        .or(
            () ->
                settled.isNobodys(domain.uuid(), domain.name())
                    ? Lineage.of(xml).filter(own -> own.id().equals(domain.uuid()))
                    : Optional.empty());
  }

  List<Difference> of(Domain domain, DomainXml xml) {
    UUID id = domain.uuid();
    List<Difference> found = new ArrayList<>();
    Optional<Entry> entry = settled.here(id);
    Optional<Entry> elsewhere = settled.elsewhere(id);
    if (entry.isPresent()) {
      compare(domain, xml, entry.get(), found);
    } else if (elsewhere.isPresent()) {
      found.add(
          of(
              DifferenceKind.DOMAIN_ON_OTHER_HOST,
              domain,
              "Domain %s is here, but its entry in the ledger names host %s: it was moved behind Cetak's back, or is in two places."
                  .formatted(domain.name(), elsewhere.get().host())));
    } else if (Lineage.idOf(xml).filter(id::equals).isPresent()
        && settled.isOfUndone(id, domain.name())) {
      found.add(
          of(
              DifferenceKind.DOMAIN_LEFT_OVER,
              domain,
              "Domain %s was made for a clone that then failed or was cancelled: nobody was told of it, and its name and addresses can be given out again."
                  .formatted(domain.name())));
    } else if (Lineage.marks(xml) && settled.isNobodys(id, domain.name())) {
      unrecorded(domain, xml, found);
    }
    return found;
  }

  private void unrecorded(Domain domain, DomainXml xml, List<Difference> found) {
    Optional<UUID> said = Lineage.idOf(xml);
    if (said.filter(domain.uuid()::equals).isEmpty()) {
      found.add(
          of(
              DifferenceKind.METADATA_COPIED,
              domain,
              "Domain %s has the metadata of clone %s, but another UUID: it was copied from that clone, not cast."
                  .formatted(domain.name(), said.map(UUID::toString).orElse("(without an id)"))));
      return;
    }
    Optional<Lineage> lineage = Lineage.of(xml);
    found.add(
        of(
            DifferenceKind.DOMAIN_WITHOUT_ENTRY,
            domain,
            lineage
                .map(
                    own ->
                        "Domain %s says that it is a clone of %s@%d, but the ledger has no entry for it: its name and addresses can be given out again."
                            .formatted(domain.name(), own.template(), own.version()))
                .orElse(
                    "Domain %s says that Cetak made it, but the ledger has no entry for it, and its metadata lacks what an entry needs."
                        .formatted(domain.name()))));
    lineage.ifPresent(
        own -> {
          addresses(domain, xml, own, found);
          digest(domain, own.digest(), own, found);
        });
  }

  private void compare(Domain domain, DomainXml xml, Entry entry, List<Difference> found) {
    Lineage wanted = entry.lineage();
    if (!entry.name().equals(domain.name())) {
      found.add(
          of(
              DifferenceKind.DOMAIN_RENAMED,
              domain,
              "Clone %s is called %s by libvirt. Commands find it by the ledger's name, and another clone cannot have that."
                  .formatted(entry.name(), domain.name())));
    }
    addresses(domain, xml, wanted, found);
    Optional<Lineage> said = Lineage.of(xml);
    if (!Lineage.marks(xml)) {
      found.add(
          of(
              DifferenceKind.METADATA_MISSING,
              domain,
              "Domain %s is a clone by the ledger, but does not say so itself: the ledger could not be made anew from it."
                  .formatted(domain.name())));
    } else {
      String differing =
          said.map(own -> String.join(", ", differing(own, wanted))).orElse("something it lacks");
      if (!differing.isEmpty()) {
        found.add(
            of(
                DifferenceKind.METADATA_DIFFERS,
                domain,
                "Domain %s says otherwise than the ledger: %s."
                    .formatted(domain.name(), differing)));
      }
    }
    said.ifPresent(own -> digest(domain, own.digest(), wanted, found));
  }

  /** What the ledger cannot know any more is not held against the domain. */
  static List<String> differing(Lineage said, Lineage wanted) {
    List<String> differing = new ArrayList<>();
    compare("id", said.id(), wanted.id(), differing);
    compare("template", said.template(), wanted.template(), differing);
    compare("version", said.version(), wanted.version(), differing);
    compare("disk", said.disk(), wanted.disk(), differing);
    compare("hostname", said.hostname(), wanted.hostname(), differing);
    compare("instance-id", said.instanceId(), wanted.instanceId(), differing);
    compare("macs", said.macs(), wanted.macs(), differing);
    compare("labels", said.labels(), wanted.labels(), differing);
    if (wanted.batch() != null) {
      compare("batch", said.batch(), wanted.batch(), differing);
    }
    return differing;
  }

  private static void compare(
      String what, @Nullable Object said, @Nullable Object wanted, List<String> differing) {
    if (!Objects.equals(said, wanted)) {
      differing.add("%s is %s instead of %s".formatted(what, said, wanted));
    }
  }

  private static void addresses(
      Domain domain, DomainXml xml, Lineage wanted, List<Difference> found) {
    List<String> macs = xml.macs().stream().map(mac -> mac.toLowerCase(Locale.ROOT)).toList();
    if (!macs.equals(wanted.macs())) {
      found.add(
          of(
              DifferenceKind.MAC_CHANGED,
              domain,
              "Domain %s has the addresses %s; given out to it were %s."
                  .formatted(domain.name(), macs, wanted.macs())));
    }
  }

  /** A number that stands for two images is worse than any other difference. */
  private void digest(
      Domain domain, @Nullable String said, Lineage wanted, List<Difference> found) {
    HostVersion version = versions.get(wanted.template() + "@" + wanted.version());
    if (said == null || version == null || version.files().isEmpty()) {
      return;
    }
    String sealed = version.files().get(0).digest();
    if (!sealed.equals(said)) {
      found.add(
          of(
              DifferenceKind.DIGEST_DIFFERS,
              domain,
              "Domain %s was cast from an image with digest %s; the database's %s has %s."
                  .formatted(domain.name(), said, version.label(), sealed)));
    }
  }

  private static Difference of(DifferenceKind kind, Domain domain, String meaning) {
    return Difference.of(kind, domain.name(), domain.uuid(), meaning);
  }
}
