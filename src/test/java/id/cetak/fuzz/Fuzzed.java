package id.cetak.fuzz;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;

/**
 * What the fuzzer calls in place of a target, which {@code cetak.fuzz.target} names: it asks a
 * class for its methods before it instruments anything, and the JVM loses the fields of a record
 * that one of their signatures loads by then.
 */
public final class Fuzzed {
  private static final Method TARGET = target();

  private Fuzzed() {}

  public static void fuzzerTestOneInput(byte[] data) throws Throwable {
    try {
      TARGET.invoke(null, data);
    } catch (InvocationTargetException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static Method target() {
    String name = Objects.requireNonNull(System.getProperty("cetak.fuzz.target"));
    try {
      return Class.forName(name).getMethod("fuzzerTestOneInput", byte[].class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("The target " + name + " cannot be called", e);
    }
  }
}
