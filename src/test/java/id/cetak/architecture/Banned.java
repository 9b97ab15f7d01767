package id.cetak.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Set;

/** What may be used in few places only, or in none. */
public final class Banned {
  /** Times that no test can set; the monotonic clock measures, and decides nothing by date. */
  public static final Set<String> CLOCKS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.time.LocalDate.now",
          "java.time.LocalTime.now",
          "java.time.LocalDateTime.now",
          "java.time.OffsetDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.Clock.systemUTC",
          "java.time.Clock.systemDefaultZone",
          "java.time.Clock.system",
          "java.time.InstantSource.system",
          "java.util.Calendar.getInstance",
          "java.util.Date.<init>");

  /** Chance that no test can set. A random UUID is a name, by which nothing is decided. */
  public static final Set<String> CHANCE =
      Set.of(
          "java.util.Random.<init>",
          "java.security.SecureRandom.<init>",
          "java.security.SecureRandom.getInstance",
          "java.security.SecureRandom.getInstanceStrong",
          "java.util.SplittableRandom.<init>",
          "java.util.concurrent.ThreadLocalRandom.current",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of",
          "java.lang.Math.random");

  /** Ways past the log. */
  public static final Set<String> PRINTS =
      Set.of(
          "java.lang.System.out",
          "java.lang.System.err",
          "java.lang.Throwable.printStackTrace",
          "java.lang.Exception.printStackTrace");

  /** Waiting for a time instead of a state. */
  public static final Set<String> SLEEPS =
      Set.of("java.lang.Thread.sleep", "java.util.concurrent.TimeUnit.sleep");

  private Banned() {}

  /** What a statement is sent with; an exception alone only tells what became of one. */
  public static boolean isSql(JavaClass type) {
    String name = type.getName();
    return name.matches("jakarta\\.persistence\\.(EntityManager.*|.*Query|Tuple)")
        || name.startsWith("io.quarkus.hibernate.orm.panache.")
        || name.startsWith("org.hibernate.query.")
        || name.matches("org\\.hibernate\\.(Stateless)?Session.*")
        || name.startsWith("javax.sql.")
        || name.startsWith("io.agroal.")
        || (name.startsWith("java.sql.") && !name.equals("java.sql.SQLException"));
  }

  /** Annotations by which a container fills a field. */
  public static DescribedPredicate<JavaAnnotation<?>> injection() {
    return DescribedPredicate.describe(
        "an injection",
        annotation ->
            Set.of(
                        "jakarta.inject.Inject",
                        "jakarta.annotation.Resource",
                        "jakarta.persistence.PersistenceContext",
                        "org.eclipse.microprofile.config.inject.ConfigProperty",
                        "org.eclipse.microprofile.reactive.messaging.Channel")
                    .contains(annotation.getRawType().getName())
                || annotation.getRawType().isMetaAnnotatedWith("jakarta.inject.Qualifier")
                || annotation.getRawType().isAnnotatedWith("jakarta.inject.Qualifier"));
  }
}
