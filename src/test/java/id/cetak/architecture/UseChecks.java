package id.cetak.architecture;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Who uses what. Nested classes and lambdas count as the top-level class that they stand in. */
public final class UseChecks {
  private UseChecks() {}

  /** Of each port's methods, all but the named ones that only look are called by these alone. */
  public static Check actors(Map<Class<?>, Set<String>> looks, Predicate<JavaClass> actors) {
    return accesses(access -> acts(looks, access.getTarget()), actors);
  }

  private static boolean acts(Map<Class<?>, Set<String>> looks, AccessTarget target) {
    return target instanceof AccessTarget.CodeUnitAccessTarget
        && looks.entrySet().stream()
            .anyMatch(
                port ->
                    target.getOwner().isAssignableTo(port.getKey())
                        && !port.getValue().contains(target.getName()));
  }

  /** These methods, constructors and fields, {@code package.Type.name} each, are used by nobody. */
  public static Check nobodyUses(Set<String> members, Predicate<JavaClass> except) {
    return accesses(
        access ->
            members.contains(
                    access.getTarget().getOwner().getName() + "." + access.getTarget().getName())
                && !takesAClock(access.getTarget()),
        except);
  }

  // now(Clock) is what the rule asks for.
  private static boolean takesAClock(AccessTarget target) {
    return target instanceof AccessTarget.CodeUnitAccessTarget unit
        && unit.getRawParameterTypes().stream()
            .anyMatch(t -> t.getName().equals("java.time.Clock"));
  }

  private static Check accesses(Predicate<JavaAccess<?>> guilty, Predicate<JavaClass> except) {
    return code -> {
      List<String> violations = new ArrayList<>();
      for (JavaClass type : code.classes()) {
        if (!except.test(outermost(type))) {
          type.getAccessesFromSelf().stream()
              .filter(guilty)
              .map(JavaAccess::getDescription)
              .forEach(violations::add);
        }
      }
      return violations;
    };
  }

  /** These fields are set by their own class, and else by those classes alone. */
  public static Check onlySetBy(Predicate<JavaField> fields, Predicate<JavaClass> who) {
    return code -> {
      List<String> violations = new ArrayList<>();
      for (JavaClass type : code.classes()) {
        for (JavaFieldAccess access : type.getFieldAccessesFromSelf()) {
          if (access.getAccessType() == JavaFieldAccess.AccessType.SET
              && !access.getTargetOwner().equals(type)
              && !who.test(outermost(type))
              && access.getTarget().resolveMember().filter(fields).isPresent()) {
            violations.add(access.getDescription());
          }
        }
      }
      return violations;
    };
  }

  /** These types are known to those classes alone. */
  public static Check knownOnlyTo(Predicate<JavaClass> types, Predicate<JavaClass> who) {
    return code -> {
      List<String> violations = new ArrayList<>();
      for (JavaClass type : code.classes()) {
        if (!who.test(outermost(type))) {
          type.getDirectDependenciesFromSelf().stream()
              .filter(use -> types.test(use.getTargetClass().getBaseComponentType()))
              .map(Dependency::getDescription)
              .forEach(violations::add);
        }
      }
      return violations;
    };
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(UseChecks::outermost).orElse(type);
  }
}
