package id.cetak.faults;

import id.cetak.lab.Shell;
import id.cetak.lab.Witness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What happens on the host: to its file system, and by hand to what a job makes. */
enum HostFault implements Fault {
  FULL_DISK(
      "the file system of the clones has no byte left, until a job has met that",
      Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      world.clonesFileSystem("size=" + Math.max(4, world.usedOnClones("used")) + "k");
      world.release(scene.place());
      scene.awaitFailureOrEnd();
    }

    @Override
    public void heal(World world) {
      world.healClonesFileSystem();
    }
  },

  NO_INODES(
      "the file system of the clones has no inode left, until a job has met that",
      Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      world.clonesFileSystem("nr_inodes=" + world.usedOnClones("iused"));
      world.release(scene.place());
      scene.awaitFailureOrEnd();
      if (!scene.isOver() && !scene.complaint().contains(" and 0 files are free")) {
        scene.breach("The reason does not say what is short: " + scene.complaint());
      }
    }

    @Override
    public void heal(World world) {
      world.healClonesFileSystem();
    }
  },

  READ_ONLY(
      "the file system of the clones turns read-only, until a job has met that",
      Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      world.clonesFileSystem("ro");
      world.release(scene.place());
      scene.awaitFailureOrEnd();
    }

    @Override
    public void heal(World world) {
      world.healClonesFileSystem();
    }
  },

  EDITED_DOMAIN("an operator edits the new domain", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.run("virsh", "setmaxmem", scene.jobId(), "64M", "--config");
      Shell.run("virsh", "desc", scene.jobId(), "edited by hand", "--config");
      world.release(scene.place());
    }
  },

  UNDEFINED_DOMAIN("an operator undefines the new domain", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.run("virsh", "undefine", scene.jobId());
      world.release(scene.place());
    }
  },

  RENAMED_DOMAIN("an operator renames the new domain", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.run("virsh", "domrename", scene.id(), scene.id() + "-renamed");
      world.release(scene.place());
    }
  },

  STARTED_DOMAIN("an operator starts the new domain", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.run("virsh", "start", scene.jobId());
      world.release(scene.place());
    }
  },

  DELETED_DISK("an operator deletes the new disk", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) throws IOException {
      Files.deleteIfExists(Target.folder(world, scene.jobId()).resolve("disk-0.qcow2"));
      world.release(scene.place());
    }
  },

  STARTED_SOURCE(
      "the owner starts the domain that is being sealed, and powers it off again", Ending.WELL) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.must("virsh", "start", scene.id());
      Shell.must("virsh", "destroy", scene.id());
      sourceStays(world, scene);
    }
  },

  RUNNING_SOURCE("the owner starts the domain that is being sealed", Ending.WELL) {
    @Override
    public void strike(World world, Scene scene) {
      Shell.must("virsh", "start", scene.id());
      sourceStays(world, scene);
      Shell.must("virsh", "destroy", scene.id());
    }
  },

  MOVED_SOURCE(
      "the owner undefines the domain that is being sealed, and defines it under another UUID",
      Ending.WELL) {
    @Override
    public void strike(World world, Scene scene) throws IOException {
      String xml = Shell.must("virsh", "dumpxml", "--inactive", scene.id());
      Path file = world.lab.directory().resolve("moved.xml");
      Files.writeString(file, xml.replaceFirst("<uuid>[^<]*</uuid>", ""));
      Shell.must("virsh", "undefine", scene.id());
      Shell.must("virsh", "-q", "define", file.toString());
      sourceStays(world, scene);
    }
  },

  FOREIGN_NAME("somebody defines a domain of the same name first", Ending.FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      foreign(world, scene, scene.id(), "52:54:00:fa:17:01");
    }
  },

  FOREIGN_MAC("somebody defines a domain with the planned address first", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      String mac =
          Witness.rows("select address from mac where clone_id = '" + scene.jobId() + "'").get(0);
      foreign(world, scene, scene.id() + "-foreign", mac);
    }
  };

  private final String words;
  private final Ending ending;

  HostFault(String words, Ending ending) {
    this.words = words;
    this.ending = ending;
  }

  @Override
  public String words() {
    return words;
  }

  @Override
  public Ending ending() {
    return ending;
  }

  /** What nobody has read is nobody's to remove. */
  private static void sourceStays(World world, Scene scene) {
    world.release(scene.place());
    scene.awaitEnd();
    if (!Files.exists(world.lab.sourceDisk(scene.id()))
        || !Shell.run("virsh", "dominfo", scene.id()).ok()) {
      scene.breach("I3: a source that was touched after it was read is gone");
    }
    String said = world.broker.outcome(scene.id(), Scene.SOON).body();
    if (!said.contains("sourceKept")) {
      scene.breach("I2: the event does not say that the source was left: " + said);
    }
  }

  /** A domain that is not ours must be there afterwards as it was. */
  private static void foreign(World world, Scene scene, String name, String mac) {
    Path file = world.lab.directory().resolve("foreign.xml");
    try {
      Files.writeString(
          file,
          """
          <domain type='qemu'><name>%s</name><memory>65536</memory><os><type>hvm</type></os>
            <devices><interface type='user'><mac address='%s'/></interface></devices></domain>
          """
              .formatted(name, mac));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.must("virsh", "-q", "define", file.toString());
    String before = Shell.must("virsh", "dumpxml", "--inactive", name);
    world.release(scene.place());
    scene.awaitEnd();
    String after = Shell.run("virsh", "dumpxml", "--inactive", name).output();
    if (!after.equals(before)) {
      scene.breach("I4: the foreign domain %s was touched: %s".formatted(name, after));
    }
    Shell.run("virsh", "undefine", name);
  }
}
