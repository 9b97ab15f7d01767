package id.cetak.architecture.seeded.sentences;

import org.junit.jupiter.api.Test;

final class GuiltyNames {
  @Test
  void testSomething() {}
}
