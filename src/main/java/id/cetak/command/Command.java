package id.cetak.command;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of Cetak. Every command carries the caller's {@link CommandId}: the same id
 * with the same content is the same request, however often it is sent. Values are already checked
 * against the contract; nothing in here is trusted to be pasted into XML, YAML, SQL, a shell or a
 * path all the same.
 */
public sealed interface Command
    permits Command.Audit,
        Command.AuditHost,
        Command.Cancel,
        Command.Clone,
        Command.CloneBatch,
        Command.Delete,
        Command.DeleteBatch,
        Command.Flatten,
        Command.Promote,
        Command.Recall,
        Command.Retire,
        Command.Sysprep,
        Command.Verify,
        Drill,
        DrillPart,
        DryRun,
        Import,
        Reconcile,
        ReconcileHost {
  CommandId id();

  /** The template or clone that the command is about; the subject of its events. */
  String subject();

  default CommandType type() {
    return CommandType.of(this);
  }

  /** The command whose host serves this one best. */
  default Command placedAs() {
    return this;
  }

  /** The job fails when it has not ended by then; null for the worker's default. */
  default @Nullable Instant deadline() {
    return null;
  }

  /**
   * Seal a domain: clean its identity, prove that it is clean, put up the barrier, and make a new
   * version of a template.
   *
   * @param domain the libvirt domain, switched off, 1 to 255 characters without control characters
   *     and slashes
   * @param template the template that gets a new version; made when it does not exist
   * @param source what becomes of the domain after the seal
   * @param shutdown ask a running guest to shut down and wait, instead of refusing it
   * @param keepSshAuthorizedKeys leave the users' {@code .ssh} folders as they are
   * @param removePaths further absolute guest paths to delete before the seal
   */
  record Sysprep(
      CommandId id,
      String domain,
      Name template,
      Source source,
      boolean shutdown,
      boolean keepSshAuthorizedKeys,
      List<String> removePaths)
      implements Command {
    @Override
    public String subject() {
      return template.value();
    }
  }

  /** What becomes of a sealed domain: it is removed with its disks, or stays as it was. */
  enum Source {
    CONSUME,
    KEEP
  }

  /**
   * Cast a VM from a sealed version.
   *
   * @param version null for the latest sealed one
   * @param cpus null for the template's
   * @param memoryMiB null for the template's
   * @param diskGiB null for the template's; the root disk only grows
   * @param network a libvirt network for the first interface; null for the template's
   * @param hostname what the guest calls itself; the clone's name unless given
   * @param labels free words that are kept with the clone's ledger entry
   * @param mintHostKeys whether Cetak makes the guest's SSH host key, rather than the guest
   * @param verify whether the guest is asked who it is once it has booted
   * @param seat its place in a batch; null for a clone that was asked for by itself
   */
  record Clone(
      CommandId id,
      Name template,
      Name name,
      @Nullable Integer version,
      Disk disk,
      boolean start,
      @Nullable Integer cpus,
      @Nullable Integer memoryMiB,
      @Nullable Integer diskGiB,
      @Nullable String network,
      Name hostname,
      CloudInit cloudInit,
      @Override @Nullable Instant deadline,
      Map<String, String> labels,
      boolean mintHostKeys,
      boolean verify,
      @Nullable Seat seat)
      implements Command {
    @Override
    public String subject() {
      return name.value();
    }
  }

  /**
   * A clone's place in its batch: what the batch's cloud-init files may name.
   *
   * @param batch the command that asked for the batch
   * @param index from the batch's {@code first} on
   * @param ip the address that belongs to this place in the batch's range
   */
  record Seat(CommandId batch, int index, @Nullable String ip) {}

  /**
   * Cast many VMs from one sealed version: each as by a {@link Clone} of its own.
   *
   * @param names what the clones are called, and how many there are
   * @param onFailure what becomes of the others when one fails
   * @param ips the range that {@code {{ip}}} counts through
   */
  record CloneBatch(
      CommandId id,
      Name template,
      BatchNames names,
      OnFailure onFailure,
      @Nullable AddressRange ips,
      CloneOptions options)
      implements Command {
    @Override
    public String subject() {
      return template.value();
    }

    @Override
    public @Nullable Instant deadline() {
      return options.deadline();
    }
  }

  /** What becomes of a batch when one of its clones fails. */
  enum OnFailure {
    /** The others are made all the same. */
    CONTINUE,
    /** No further clone is begun; those that are made stay. */
    STOP,
    /** All clones of the batch are removed. */
    ROLLBACK
  }

  /** What a batch may say of its clones; each as in {@link Clone}. */
  record CloneOptions(
      @Nullable Integer version,
      Disk disk,
      boolean start,
      @Nullable Integer cpus,
      @Nullable Integer memoryMiB,
      @Nullable Integer diskGiB,
      @Nullable String network,
      CloudInit cloudInit,
      @Nullable Instant deadline,
      Map<String, String> labels,
      boolean mintHostKeys,
      boolean verify) {}

  /** Remove a clone: its domain, its disks and all that was made for it. */
  record Delete(CommandId id, Name name) implements Command {
    @Override
    public String subject() {
      return name.value();
    }
  }

  /**
   * Remove every clone that a batch made and that still exists.
   *
   * @param batch the command that asked for the batch
   */
  record DeleteBatch(CommandId id, CommandId batch) implements Command {
    @Override
    public String subject() {
      return batch.value();
    }
  }

  /** Ask a clone's guest who it is, and take it off the network when it is not who it should be. */
  record Verify(CommandId id, Name name) implements Command {
    @Override
    public String subject() {
      return name.value();
    }
  }

  /** Make a sealed version the one that clones without a version come from. */
  record Promote(CommandId id, Name template, int version) implements Command {
    @Override
    public String subject() {
      return template.value();
    }
  }

  /**
   * Cast no more clones from a version, for good, and tell which ones came from it.
   *
   * @param reason the caller's own words, told to whoever asks for the version; null for none
   */
  record Recall(CommandId id, Name template, int version, @Nullable String reason)
      implements Command {
    @Override
    public String subject() {
      return template.value();
    }
  }

  /** Remove a version's images, unless something depends on them. */
  record Retire(CommandId id, Name template, int version) implements Command {
    @Override
    public String subject() {
      return template.value();
    }
  }

  /** Copy what a linked clone reads from its version into its own disks. */
  record Flatten(CommandId id, Name name) implements Command {
    @Override
    public String subject() {
      return name.value();
    }
  }

  /** Who makes a clone's SSH host keys. */
  enum HostKeys {
    GUEST,
    MINTED
  }

  /** Read the identities of all domains, and find those that several have. */
  record Audit(CommandId id) implements Command {
    @Override
    public String subject() {
      return "fleet";
    }
  }

  /** A host's part of an {@link Audit}; no caller can send it. */
  record AuditHost(CommandId id) implements Command {
    @Override
    public String subject() {
      return "fleet";
    }
  }

  /** A linked disk is an overlay on the sealed image; a full disk is a copy of its own. */
  enum Disk {
    LINKED,
    FULL;

    /** As it is called on the wire. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The caller's own cloud-init files, each as one whole text; null for Cetak's default. */
  record CloudInit(@Nullable String userData, @Nullable String networkConfig) {}

  /**
   * End another command; what it had made is undone. Also stops a command that has not arrived yet.
   *
   * @param removeClones whether the clones that a cancelled batch had finished go too; no other
   *     command leaves anything that could be kept
   */
  record Cancel(CommandId id, CommandId target, boolean removeClones) implements Command {
    @Override
    public String subject() {
      return target.value();
    }
  }
}
