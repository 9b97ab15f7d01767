package id.cetak.audit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What no two VMs of a fleet may share, and what to do where two do. */
enum Kind {
  MAC(
      "mac",
      "Give all but one of them another address: virsh edit, or delete the clone and cast it anew."
          + " Until then do not run them in one network.") {
    @Override
    List<String> of(Vm vm) {
      return vm.definition().macs();
    }
  },
  UUID(
      "uuid",
      "Undefine the one that is not used (virsh undefine, its disks stay), or define it anew"
          + " without its UUID.") {
    @Override
    List<String> of(Vm vm) {
      return List.of(vm.uuid().toString());
    }
  },
  NAME(
      "name",
      "Rename one of them (virsh domrename), so that a name means one VM in the whole fleet.") {
    @Override
    List<String> of(Vm vm) {
      return List.of(vm.name());
    }
  },
  MACHINE_ID(
      "machine-id",
      "In all but one: empty /etc/machine-id, remove /var/lib/dbus/machine-id and reboot; or remove"
          + " the VM and cast it by the command clone.") {
    @Override
    List<String> of(Vm vm) {
      return Stream.ofNullable(vm.machineId()).toList();
    }
  },
  SSH_HOST_KEY(
      "ssh-host-key",
      "In all but one: remove the host keys, make new ones (ssh-keygen -A) and restart sshd; then"
          + " remove the old ones from known_hosts.") {
    @Override
    List<String> of(Vm vm) {
      return vm.sshHostKeys();
    }
  },
  INSTANCE_ID(
      "instance-id",
      "Give each a seed of its own with another instance-id: cloud-init takes a VM with a known one"
          + " for a VM that it has set up already.") {
    @Override
    List<String> of(Vm vm) {
      return Stream.ofNullable(vm.instanceId()).toList();
    }
  },
  HOSTNAME(
      "hostname", "Rename all but one of them: hostnamectl set-hostname, and the DNS with it.") {
    @Override
    List<String> of(Vm vm) {
      return Stream.ofNullable(vm.hostname()).map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }
  },
  SEALED_IMAGE_COPY(
      "sealed-image-copy",
      "Remove the VM and cast it by the command clone: a copy boots past the barrier and past the"
          + " ledger of identities.") {
    @Override
    List<String> of(Vm vm) {
      return List.of();
    }
  };

  private final String word;
  private final String remedy;

  Kind(String word, String remedy) {
    this.word = word;
    this.remedy = remedy;
  }

  /** As events say it; never renamed. */
  String word() {
    return word;
  }

  String remedy() {
    return remedy;
  }

  /** What a VM has of this kind; empty when it has none yet. */
  abstract List<String> of(Vm vm);
}
