package id.cetak.fuzz;

import java.util.List;
import java.util.function.Supplier;

/**
 * Something that takes a stranger's bytes.
 *
 * @param type the class whose {@code fuzzerTestOneInput} it is
 * @param seeds sound inputs, to begin from
 */
record Target(Class<?> type, Supplier<List<byte[]>> seeds, Property property) {
  /** Throws when what must hold of any bytes does not hold of these. */
  interface Property {
    void test(byte[] bytes) throws Exception;
  }

  String name() {
    return type.getSimpleName();
  }
}
