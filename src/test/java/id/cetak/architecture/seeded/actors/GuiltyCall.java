package id.cetak.architecture.seeded.actors;

import id.cetak.hypervisor.Images;
import java.nio.file.Path;

final class GuiltyCall {
  static void act(Images images, Path folder) {
    images.remove(folder);
  }
}
