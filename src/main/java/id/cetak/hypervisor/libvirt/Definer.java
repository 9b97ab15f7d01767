package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.libvirt.jna.DomainPointer;

/**
 * Defines domains. libvirt's schema checks the first definition of each shape on each connection;
 * see {@link Shapes}.
 */
final class Definer {
  private final Connections connections;
  private final DomainIndex index;

  Definer(Connections connections, DomainIndex index) {
    this.connections = connections;
    this.index = index;
  }

  /** As {@link id.cetak.hypervisor.Hypervisor#define} says. */
  void define(String xml) {
    Definition definition = Definition.parse(xml);
    String what = "Definition of domain '" + definition.name() + "'";
    definition.uuid().ifPresent(uuid -> index.defining(uuid, definition));
    try {
      connections.change(what, link -> defineOn(link, xml, definition.shape()));
    } catch (Failure failure) {
      definition.uuid().ifPresent(index::defineFailed);
      throw explained(what, definition, failure);
    }
  }

  /** libvirt has no code of its own for a name or a UUID that another domain has. */
  private Failure explained(String what, Definition definition, Failure failure) {
    if (holds(() -> named(definition).filter(definition::isAnother).isPresent(), failure)) {
      return LibvirtErrors.failure(
          FailureCode.NAME_TAKEN, what, "another domain on this host has this name");
    }
    if (holds(() -> numbered(definition).filter(definition::isAnother).isPresent(), failure)) {
      return LibvirtErrors.failure(
          FailureCode.HYPERVISOR_REFUSED, what, "another domain on this host has its UUID");
    }
    return failure;
  }

  /** Looks after a failure; when the look fails too, the first failure is the one that counts. */
  static boolean holds(BooleanSupplier look, Failure failure) {
    try {
      return look.getAsBoolean();
    } catch (Failure second) {
      failure.addSuppressed(second);
      return false;
    }
  }

  private static String defineOn(Link link, String xml, String shape) throws NativeCallException {
    NativeLibvirt libvirt = NativeLibvirt.get();
    boolean known = link.shapes().accepts(shape);
    DomainPointer domain =
        libvirt.virDomainDefineXMLFlags(
            link.pointer(), xml, known ? 0 : NativeLibvirt.VIR_DOMAIN_DEFINE_VALIDATE);
    if (domain == null) {
      throw NativeCallException.last();
    }
    libvirt.virDomainFree(domain);
    link.shapes().add(shape);
    return xml;
  }

  private Optional<Domain> named(Definition definition) {
    return connections.look(
        "Look-up of domain '" + definition.name() + "'",
        link ->
            DomainReader.present(
                () -> link.connect().domainLookupByName(definition.name()),
                DomainReader::inactive));
  }

  private Optional<Domain> numbered(Definition definition) {
    return definition
        .uuid()
        .flatMap(
            uuid ->
                connections.look(
                    "Look-up of domain " + uuid,
                    link ->
                        DomainReader.present(
                            () -> link.connect().domainLookupByUUID(uuid),
                            DomainReader::inactive)));
  }
}
