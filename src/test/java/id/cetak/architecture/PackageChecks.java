package id.cetak.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.NullMarked;

/** Which package knows which; packages are named below the root of the code. */
public final class PackageChecks {
  private PackageChecks() {}

  /** Each package stands in one layer, and knows its own layer and the ones below it. */
  public static Check layers(List<Set<String>> layers) {
    return code -> {
      List<String> violations = new ArrayList<>();
      for (JavaClass type : code.classes()) {
        if (layer(layers, code.packageOf(type)) < 0) {
          violations.add(type.getName() + " is in a package that stands in no layer");
        }
      }
      violations.addAll(
          breaches(
              code,
              (from, to) ->
                  layer(layers, code.packageOf(to)) > layer(layers, code.packageOf(from))));
      return violations;
    };
  }

  /** Of all packages, this one knows only those. */
  public static Check onlyKnows(String from, Set<String> known) {
    return code ->
        breaches(
            code,
            (origin, target) ->
                code.packageOf(origin).equals(from)
                    && !code.packageOf(target).equals(from)
                    && !known.contains(code.packageOf(target)));
  }

  /** This package knows enums of the other, and nothing else that is not its own. */
  public static Check onlyKnowsEnums(String from, String of) {
    return code ->
        breaches(
            code,
            (origin, target) ->
                code.packageOf(origin).equals(from)
                    && !code.packageOf(target).equals(from)
                    && !(code.packageOf(target).equals(of) && isPartOfEnum(target)));
  }

  // The switch over an enum compiles to a class of its own beside the switch.
  private static boolean isPartOfEnum(JavaClass type) {
    return type.isEnum() || type.getSuperclass().filter(s -> s.toErasure().isEnum()).isPresent();
  }

  /** No package knows itself by way of others. */
  public static Check noCycles() {
    return code ->
        Check.that(
                SlicesRuleDefinition.slices()
                    .matching(code.root() + ".(**)")
                    .should()
                    .beFreeOfCycles())
            .violations(code);
  }

  /** Each package has a package-info that says that nothing in it is null unless it says so. */
  public static Check nullMarked() {
    return code -> {
      Map<String, String> silent = new TreeMap<>();
      for (JavaClass type : code.classes()) {
        if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
          silent.put(type.getPackageName(), type.getSimpleName());
        }
      }
      return silent.entrySet().stream()
          .map(
              entry ->
                  "package %s of %s has no package-info with @NullMarked"
                      .formatted(entry.getKey(), entry.getValue()))
          .toList();
    };
  }

  private static List<String> breaches(Code code, BiPredicate<JavaClass, JavaClass> breach) {
    List<String> breaches = new ArrayList<>();
    for (JavaClass type : code.classes()) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (code.owns(target) && breach.test(type, target)) {
          breaches.add(dependency.getDescription());
        }
      }
    }
    return breaches;
  }

  private static int layer(List<Set<String>> layers, String packageName) {
    for (int layer = 0; layer < layers.size(); layer++) {
      if (layers.get(layer).contains(packageName)) {
        return layer;
      }
    }
    return -1;
  }
}
