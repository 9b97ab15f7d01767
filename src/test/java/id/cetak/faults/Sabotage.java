package id.cetak.faults;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import id.cetak.outbox.MessagePublisher;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * Deliberate bugs, put into a worker's classes while it starts, so that the worker that is shipped
 * has no switch for them. Each is what somebody might one day write, and the fault lab has to
 * notice it.
 */
final class Sabotage {
  /** A bug, by what was done wrong. */
  enum Bug {
    ACKNOWLEDGES_BEFORE_THE_COMMIT,
    FINISHES_WITHOUT_A_FENCE,
    CLEANS_THE_SOURCE_IN_PLACE,
    IGNORES_CONFIRMS,
    IGNORES_WHAT_IS_RETURNED,
    RELEASES_THE_LOCK_EARLY,
    DOES_NOT_TIE_ITS_CHILDREN,
    PUBLISHES_BY_THE_HIGHEST_ID
  }

  private static final String SESSION = "org.hibernate.internal.AbstractSharedSessionContract";

  private Sabotage() {}

  /** What a worker has to be started with to have the bug. */
  static String options(Bug bug, Path folder) throws IOException {
    Path jar = folder.resolve("sabotage.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(new Attributes.Name("Premain-Class"), Sabotage.class.getName());
    main.put(Attributes.Name.CLASS_PATH, source(AgentBuilder.class).toString());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      Path classes = Path.of(source(Sabotage.class)).resolve("id/cetak/faults");
      try (var files = Files.list(classes)) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("Sabotage")).toList()) {
          out.putNextEntry(new JarEntry("id/cetak/faults/" + file.getFileName()));
          try (InputStream in = Files.newInputStream(file)) {
            in.transferTo(out);
          }
        }
      }
    }
    return "-javaagent:%s=%s".formatted(jar, bug);
  }

  private static URI source(Class<?> type) {
    return URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
  }

  /** Called by the JVM before the worker's own main method. */
  public static void premain(String bug, Instrumentation instrumentation) {
    switch (Bug.valueOf(bug)) {
      case ACKNOWLEDGES_BEFORE_THE_COMMIT ->
          change(
              instrumentation,
              "id.cetak.job.JobIntake",
              named("accept").and(takesArgument(0, named("id.cetak.job.Delivery"))),
              AckAtOnce.class);
      case FINISHES_WITHOUT_A_FENCE ->
          sql(instrumentation, "attempt = :attempt", "(attempt = :attempt or true)");
      case CLEANS_THE_SOURCE_IN_PLACE ->
          change(
              instrumentation,
              "id.cetak.hypervisor.tools.ImageTools",
              named("overlay"),
              LinkNotOverlay.class);
      case IGNORES_CONFIRMS ->
          change(
              instrumentation,
              "id.cetak.messaging.PublisherChannel",
              named("publish"),
              AllConfirmed.class);
      case IGNORES_WHAT_IS_RETURNED ->
          change(
              instrumentation,
              "id.cetak.messaging.PublishRound",
              named("returned"),
              NotHeard.class);
      case RELEASES_THE_LOCK_EARLY ->
          sql(
              instrumentation,
              "where other.template = :template",
              "where false and other.template = :template");
      case DOES_NOT_TIE_ITS_CHILDREN ->
          change(
              instrumentation,
              "id.cetak.hypervisor.tools.ProcessRunner",
              named("wrapped"),
              NotTied.class);
      case PUBLISHES_BY_THE_HIGHEST_ID ->
          sql(
              instrumentation,
              "where sent_at is null and returns = 0 and order_key",
              "where sent_at is null and returns = 0 and id > coalesce((select max(id) from outbox"
                  + " where sent_at is not null), 0) and order_key");
      default -> throw new IllegalArgumentException(bug);
    }
  }

  private static void sql(Instrumentation instrumentation, String from, String to) {
    System.setProperty("sabotage.from", from);
    System.setProperty("sabotage.to", to);
    change(
        instrumentation,
        SESSION,
        named("createNativeQuery").and(takesArgument(0, String.class)),
        OtherSql.class);
  }

  private static void change(
      Instrumentation instrumentation,
      String type,
      ElementMatcher<? super MethodDescription> method,
      Class<?> advice) {
    AsmVisitorWrapper visitor = Advice.to(advice).on(method);
    new AgentBuilder.Default()
        .disableClassFormatChanges()
        // Says it in the worker's log: a bug that is not there would be found out by nobody.
        .with(AgentBuilder.Listener.StreamWriting.toSystemOut().withTransformationsOnly())
        .type(named(type))
        .transform((builder, description, loader, module, domain) -> builder.visit(visitor))
        .installOn(instrumentation);
  }

  static final class AckAtOnce {
    private AckAtOnce() {}

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) CompletionStage<Void> stage) {
      stage = Objects.isNull(stage) ? stage : CompletableFuture.completedFuture(null);
    }
  }

  static final class OtherSql {
    private OtherSql() {}

    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 0, readOnly = false) String sql) {
      sql = sql.replace(System.getProperty("sabotage.from"), System.getProperty("sabotage.to"));
    }
  }

  static final class LinkNotOverlay {
    private LinkNotOverlay() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter(@Advice.Argument(0) Path disk, @Advice.Argument(1) Path backing)
        throws IOException {
      Files.createDirectories(Objects.requireNonNull(disk.getParent()));
      Files.deleteIfExists(disk);
      return Files.exists(Files.createLink(disk, backing));
    }
  }

  static final class AllConfirmed {
    private AllConfirmed() {}

    @Advice.OnMethodExit(onThrowable = RuntimeException.class)
    static void exit(
        @Advice.Argument(0) List<?> messages,
        @Advice.Return(readOnly = false) List<MessagePublisher.Fate> fates) {
      fates =
          Objects.isNull(messages)
              ? fates
              : Collections.nCopies(messages.size(), MessagePublisher.Fate.CONFIRMED);
    }
  }

  static final class NotHeard {
    private NotHeard() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  static final class NotTied {
    private NotTied() {}

    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) List<String> command) {
      command = command.subList(command.indexOf("--") + 1, command.size());
    }
  }
}
