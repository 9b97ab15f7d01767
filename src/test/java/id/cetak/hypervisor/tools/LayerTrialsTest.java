package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.Barrier.Layer;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.hypervisor.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerTrialsTest {
  private final FakeHypervisor hypervisor = new FakeHypervisor();

  private final Path folder;

  LayerTrialsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void a_layer_of_files_is_what_the_program_says_of_its_parts() {
    assertThat(LayerTrials.ofFiles(List.of("mode ok", "immutable ok", "immutable-directory ok")))
        .allMatch(Trial::holds)
        .extracting(Trial::layer)
        .containsExactly(Layer.MODE, Layer.IMMUTABLE);
    assertThat(
            LayerTrials.ofFiles(
                List.of(
                    "mode ok",
                    "immutable ok",
                    "immutable-directory broken: a directory was made there by root")))
        .filteredOn(trial -> !trial.holds())
        .singleElement()
        .isEqualTo(new Trial(Layer.IMMUTABLE, false, "a directory was made there by root"));
  }

  @Test
  void a_layer_that_the_program_says_nothing_of_does_not_hold() {
    assertThat(LayerTrials.ofFiles(List.of("mode ok", "immutable ok")))
        .filteredOn(trial -> !trial.holds())
        .extracting(Trial::layer)
        .containsExactly(Layer.IMMUTABLE);
  }

  @Test
  void the_hook_holds_when_each_file_is_refused_in_its_words() throws IOException {
    Files.createFile(folder.resolve("disk-0.qcow2"));
    Files.createFile(folder.resolve("nvram.fd"));
    List<String> tried = new ArrayList<>();
    hypervisor.refuseStarts(
        xml -> {
          var disks = DomainXml.parse(xml).disks();
          tried.add(disks.get(0).file() + " " + disks.get(0).format());
          // Where the hook is gone nothing may start: the second disk is not there.
          assertThat(disks).hasSize(2).allMatch(disk -> disk.readonly());
          assertThat(disks.get(1).file()).doesNotExist();
          return "Cetak: refused";
        });
    assertThat(new LayerTrials(hypervisor).ofHook(folder).holds()).isTrue();
    assertThat(tried)
        .containsExactlyInAnyOrder(
            folder.resolve("disk-0.qcow2") + " qcow2", folder.resolve("nvram.fd") + " raw");
  }

  @Test
  void a_refusal_in_other_words_is_not_the_hooks() throws IOException {
    Files.createFile(folder.resolve("disk-0.qcow2"));
    hypervisor.refuseStarts(xml -> "Cannot access storage file");
    assertThat(new LayerTrials(hypervisor).ofHook(folder))
        .matches(trial -> !trial.holds())
        .matches(trial -> trial.finding().contains("Cannot access storage file"));
  }

  @Test
  void a_folder_without_a_file_proves_nothing() throws IOException {
    assertThat(new LayerTrials(hypervisor).ofHook(folder).holds()).isFalse();
  }
}
