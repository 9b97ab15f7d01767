package id.cetak.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;

/**
 * Code that a rule judges: its classes, and its sources for what a class file does not tell.
 *
 * @param root the package above all its packages
 */
public record Code(String root, JavaClasses classes, List<Source> sources) {
  private static final String SEEDED = "id.cetak.architecture.seeded";
  private static final Path SEEDED_SOURCES = Path.of("src/test/java/id/cetak/architecture/seeded");

  // Read once: most of the time goes into what stands behind the classes.
  private static final JavaClasses MAIN =
      new ClassFileImporter().importPath(Path.of("target/classes"));
  private static final JavaClasses TESTS =
      new ClassFileImporter().importPath(Path.of("target/test-classes"));

  /** What the worker is made of. */
  public static Code ofTheWorker() {
    return new Code("id.cetak", MAIN, Source.below(Path.of("src/main/java")));
  }

  /** The tests, without the seeded violations among them. */
  public static Code ofTheTests() {
    return new Code(
        "id.cetak",
        TESTS.that(resideOutsideOfPackage(SEEDED + "..")),
        Source.below(Path.of("src/test/java")).stream()
            .filter(source -> !source.path().startsWith(SEEDED_SOURCES))
            .toList());
  }

  /** The seeded violations of one rule: a small tree of packages that stands for the worker's. */
  public static Code seeded(String seed) {
    String root = SEEDED + "." + seed;
    return new Code(
        root,
        TESTS.that(resideInAPackage(root + "..")),
        Source.below(SEEDED_SOURCES.resolve(seed)));
  }

  /** Whether this class is part of the code, rather than of a library. */
  public boolean owns(JavaClass type) {
    return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
  }

  /** The package of an own class, below the root; empty for the root itself. */
  public String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(root) ? "" : name.substring(root.length() + 1);
  }
}
