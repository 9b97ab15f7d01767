package id.cetak.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import id.cetak.command.AddressRange;
import id.cetak.command.BatchNames;
import id.cetak.command.Command;
import id.cetak.command.Command.CloneOptions;
import id.cetak.command.CommandId;
import id.cetak.job.MemberStore.Member;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Turns a batch into the commands of its clones: what they share, which is stored once, and what is
 * each one's own.
 */
@ApplicationScoped
class Seats {
  private static final List<String> OWN = List.of("id", "name", "hostname", "seat");

  private final ObjectMapper json;

  Seats(ObjectMapper json) {
    this.json = json;
  }

  /** The command of one clone, whole. */
  static Command.Clone clone(Command.CloneBatch batch, int index, int version) {
    CloneOptions options = batch.options();
    BatchNames names = batch.names();
    AddressRange ips = batch.ips();
    return new Command.Clone(
        batch.id().member(index),
        batch.template(),
        names.name(index),
        version,
        options.disk(),
        options.start(),
        options.cpus(),
        options.memoryMiB(),
        options.diskGiB(),
        options.network(),
        names.hostname(index),
        options.cloudInit(),
        options.deadline(),
        options.labels(),
        options.mintHostKeys(),
        options.verify(),
        new Command.Seat(
            batch.id(), index, ips == null ? null : ips.address(index - names.first())));
  }

  /** The command of the first clone: what the host can give one, it can give all. */
  static Command.Clone first(Command.CloneBatch batch, int version) {
    return clone(batch, batch.names().first(), version);
  }

  /** What the clones' commands have in common. */
  ObjectNode shared(Command.CloneBatch batch, int version) {
    ObjectNode whole = json.valueToTree(clone(batch, batch.names().first(), version));
    return whole.remove(OWN);
  }

  /** The clones' jobs, without what they share. */
  List<Member> members(UUID job, Command.CloneBatch batch, int version) {
    List<Member> members = new ArrayList<>();
    for (int index = batch.names().first(); index <= batch.names().last(); index++) {
      Command.Clone clone = clone(batch, index, version);
      ObjectNode own = json.createObjectNode();
      own.put("id", clone.id().value());
      own.put("name", clone.name().value());
      own.put("hostname", clone.hostname().value());
      own.set("seat", json.valueToTree(clone.seat()));
      members.add(
          new Member(
              id(job, index),
              clone.id().value(),
              own,
              clone.name().value(),
              index - batch.names().first()));
    }
    return members;
  }

  /**
   * The job that removes a clone.
   *
   * @param command whose removal it is: the clone's own, or the one that asked for the removal
   * @param number its place among the members
   */
  Member deletion(UUID job, CommandId command, String name, int number) {
    ObjectNode own = json.createObjectNode();
    own.put("id", command.value());
    own.put("name", name);
    return new Member(id(job, "delete/" + name), command.value(), own, name, number);
  }

  private static UUID id(UUID job, Object member) {
    return UUID.nameUUIDFromBytes((job + "/" + member).getBytes(StandardCharsets.UTF_8));
  }
}
