package id.cetak.architecture.seeded.sentences;

import org.junit.jupiter.api.Test;

final class InnocentNames {
  @Test
  void something_holds() {}

  void prepareSomething() {}
}
