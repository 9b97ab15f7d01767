package id.cetak;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import id.cetak.architecture.Banned;
import id.cetak.architecture.Check;
import id.cetak.architecture.Code;
import id.cetak.architecture.PackageChecks;
import id.cetak.architecture.Rule;
import id.cetak.architecture.Source;
import id.cetak.architecture.SourceChecks;
import id.cetak.architecture.UseChecks;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.ConsoleLog;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.GuestAgent;
import id.cetak.hypervisor.GuestIdentities;
import id.cetak.hypervisor.GuestTools;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Step;
import id.cetak.workflow.Workflow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Who may call whom. Every rule is tried twice: on the worker's code, where it must find nothing,
 * and on seeded violations, where it must find all of them, so that a rule that has stopped looking
 * is noticed.
 */
class ArchitectureTest {
  /** From the bottom up: a package knows its own layer and the ones below it. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of("app", "command", "event", "failure", "hypervisor"),
          Set.of("workflow", "outbox", "producer"),
          Set.of("lock"),
          Set.of("job"),
          Set.of("admission", "fleet"),
          Set.of("preflight"),
          Set.of("template", "identity"),
          Set.of("clone"),
          Set.of("batch", "proof", "audit", "reconcile"),
          Set.of("messaging", "hypervisor.libvirt", "hypervisor.tools", "ops"));

  /** The ports' methods that only look; every other one acts. */
  private static final Map<Class<?>, Set<String>> LOOKS =
      Map.of(
          Hypervisor.class,
          Set.of(
              "version",
              "domainTypes",
              "domains",
              "find",
              "exists",
              "holder",
              "records",
              "macInUse",
              "networkExists",
              "linksUp",
              "onStarted"),
          Images.class,
          Set.of("inspect", "inUse", "wouldCopy", "digest", "free", "seedFile"),
          GuestTools.class,
          Set.of("attest", "attestNeverBooted"),
          ForeignImages.class,
          Set.of("look", "has", "examine"),
          GuestAgent.class,
          Set.of("ask"),
          ConsoleLog.class,
          Set.of("read"),
          GuestIdentities.class,
          Set.of("read", "seed", "sameContent"),
          Barrier.class,
          Set.of("faults", "missing", "folder", "fingerprint", "sealedDiskOf"));

  /**
   * Act outside of any job, on sealed images alone: one destroys a domain that runs on one, one
   * puts a barrier up again, one tries what it forbids.
   */
  private static final Set<String> ACTORS = Set.of("Tripwire", "BarrierWatch", "BarrierDrill");

  /**
   * Know the ports, and only look: what a plan demands, where a command belongs, whether a version
   * is what it was, whether libvirt answers.
   */
  private static final Set<String> LOOKERS =
      Set.of(
          "SealTools",
          "StartupReconcile",
          "Publication",
          "SealPreconditions",
          "SealInspection",
          "ImportInspection",
          "SealPreflight",
          "SealSources",
          "TemplatePlacement",
          "Versions",
          "HypervisorCheck",
          "Admission",
          "DiskChains",
          "CloneConditions",
          "ClonePreview",
          "FlattenConditions",
          "CloneNeed",
          "SealedImages",
          "HostVersions",
          "DiskComparison",
          "VersionComparison");

  /**
   * Speak SQL besides the stores: the journal, its fence and the locks are stores by another name.
   */
  private static final Set<String> STORES = Set.of("Journal", "Fence", "TemplateLocks");

  /** Speak SQL too, but only read. */
  private static final Set<String> READERS =
      Set.of("EndedJobs", "JobGauges", "LiveJobs", "TemplatePlacement", "PastJobs");

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "a package knows its own layer and the ones below it",
              "layers",
              PackageChecks.layers(LAYERS)),
          new Rule(
              "packages do not know each other in circles", "cycles", PackageChecks.noCycles()),
          new Rule(
              "the engine names no feature: of the commands it knows cancel alone",
              "engine",
              UseChecks.knownOnlyTo(
                  type ->
                      type.getName().startsWith("id.cetak.command.Command$")
                          && !type.getSimpleName().equals("Cancel"),
                  type -> !type.getPackageName().matches(".*\\.(job|lock|workflow|outbox)"))),
          new Rule(
              "app knows nothing but enums of the hypervisor's port",
              "app",
              PackageChecks.onlyKnowsEnums("app", "hypervisor")),
          new Rule(
              "the libvirt adapter knows the port that it serves, and no job",
              "libvirtadapter",
              PackageChecks.onlyKnows(
                  "hypervisor.libvirt", Set.of("hypervisor", "failure", "app"))),
          new Rule(
              "the tools adapter knows the ports that it serves, and no job",
              "toolsadapter",
              PackageChecks.onlyKnows("hypervisor.tools", Set.of("hypervisor", "failure", "app"))),
          new Rule(
              "identity knows no job and no workflow",
              "identityalone",
              PackageChecks.onlyKnows(
                  "identity", Set.of("app", "command", "failure", "hypervisor"))),
          new Rule(
              "only steps act on a host",
              "actors",
              UseChecks.actors(
                  LOOKS,
                  type ->
                      type.isAssignableTo(Step.class)
                          || isAdapter(type)
                          || ACTORS.contains(type.getSimpleName()))),
          new Rule(
              "only steps, the workflows that make them and a few named lookers know the ports",
              "lookers",
              UseChecks.knownOnlyTo(
                  type -> LOOKS.keySet().stream().anyMatch(type::isEquivalentTo),
                  type ->
                      type.isAssignableTo(Step.class)
                          || type.isAssignableTo(Workflow.class)
                          || isAdapter(type)
                          || ACTORS.contains(type.getSimpleName())
                          || LOOKERS.contains(type.getSimpleName()))),
          new Rule(
              "only stores and named readers speak SQL",
              "sql",
              UseChecks.knownOnlyTo(
                  Banned::isSql,
                  type ->
                      type.getSimpleName().endsWith("Store")
                          || STORES.contains(type.getSimpleName())
                          || READERS.contains(type.getSimpleName()))),
          new Rule(
              "only stores hold statements that change something",
              "changes",
              SourceChecks.onlyChangedBy(
                  source -> source.endsWith("Store") || STORES.contains(source))),
          new Rule(
              "only the job store and the claim move a job's state, and nobody removes a job",
              "jobstate",
              SourceChecks.onlyMoverOf("job", Set.of("JobStore", "ClaimStore"))),
          new Rule(
              "only intake makes a job, a job its members and followers, and a worker what it does itself",
              "jobrow",
              SourceChecks.onlyMakerOf(
                  "job", Set.of("IntakeStore", "MemberStore", "FanOutStore", "MadeJobStore"))),
          new Rule(
              "only the stores of versions and clones move their states",
              "rowstates",
              Check.all(
                  SourceChecks.onlyMoverOf(
                      "template_version", Set.of("VersionStore", "WithdrawalStore")),
                  SourceChecks.onlyMoverOf("clone", Set.of("CloneStore")))),
          new Rule(
              "only stores move the state of a row",
              "rowstate",
              UseChecks.onlySetBy(
                  field -> field.getRawType().isEnum() && field.getName().equals("state"),
                  type -> type.getSimpleName().endsWith("Store"))),
          new Rule(
              "dependencies come through constructors",
              "injection",
              Check.all(
                  Check.that(noFields().should().beAnnotatedWith(Banned.injection())),
                  Check.that(noMethods().should().beAnnotatedWith("jakarta.inject.Inject")))),
          new Rule(
              "time is injected",
              "time",
              UseChecks.nobodyUses(Banned.CLOCKS, ArchitectureTest::isEnvironment)),
          new Rule(
              "chance is injected",
              "chance",
              UseChecks.nobodyUses(Banned.CHANCE, ArchitectureTest::isEnvironment)),
          new Rule(
              "a class is called after what it does",
              "names",
              Check.that(
                  noClasses()
                      .should()
                      .haveNameMatching(
                          ".*(Impl|Manager|Helper|Utils?|Data|Info|DTO|Dto)(\\$.*)?"))),
          new Rule(
              "a package is called after what it is responsible for",
              "packagenames",
              Check.that(
                  noClasses()
                      .should()
                      .resideInAnyPackage(
                          "..util..",
                          "..utils..",
                          "..common..",
                          "..model..",
                          "..service..",
                          "..impl..",
                          "..helper.."))),
          new Rule(
              "each package has a package-info with @NullMarked",
              "nullmarked",
              PackageChecks.nullMarked()),
          new Rule(
              "nothing is printed past the log",
              "prints",
              Check.all(
                  UseChecks.nobodyUses(Banned.PRINTS, type -> false),
                  UseChecks.knownOnlyTo(
                      type -> type.getPackageName().equals("java.util.logging"), type -> false))),
          new Rule(
              "nothing is larger than a reader takes in at once",
              "sizes",
              SourceChecks.sizes(new SourceChecks.Sizes(300, 50, 5, 6))));

  private static final List<Rule> RULES_FOR_TESTS =
      List.of(
          new Rule(
              "tests wait on a state, never for a time",
              "sleep",
              UseChecks.nobodyUses(Banned.SLEEPS, type -> false)),
          new Rule(
              "the name of a test is a sentence",
              "sentences",
              Check.that(
                  noMethods()
                      .that()
                      .areMetaAnnotatedWith("org.junit.platform.commons.annotation.Testable")
                      .should()
                      .haveNameNotMatching("[a-z0-9]+(_[a-zA-Z0-9]+)+"))));

  @TestFactory
  Stream<DynamicTest> every_rule_holds() {
    Code worker = Code.ofTheWorker();
    Code tests = Code.ofTheTests();
    assertThat(worker.classes()).hasSizeGreaterThan(100);
    assertThat(worker.sources()).hasSizeGreaterThan(100);
    return Stream.concat(
        RULES.stream().map(rule -> holds(rule, worker)),
        RULES_FOR_TESTS.stream().map(rule -> holds(rule, tests)));
  }

  private static DynamicTest holds(Rule rule, Code code) {
    return dynamicTest(
        rule.sentence(),
        () -> assertThat(rule.check().violations(code)).as(rule.sentence()).isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> every_rule_finds_its_seeded_violations_and_nothing_else() {
    return Stream.concat(RULES.stream(), RULES_FOR_TESTS.stream())
        .map(rule -> dynamicTest(rule.sentence(), () -> findsTheGuilty(rule)));
  }

  private static void findsTheGuilty(Rule rule) {
    Code seeded = Code.seeded(rule.seed());
    List<String> violations = rule.check().violations(seeded);
    List<String> guilty =
        seeded.sources().stream()
            .map(Source::type)
            .filter(name -> name.startsWith("Guilty"))
            .toList();
    assertThat(guilty).as("seeded violations of: " + rule.sentence()).isNotEmpty();
    for (String name : guilty) {
      assertThat(violations).as(rule.sentence()).anyMatch(text -> text.contains(name));
    }
    assertThat(violations).as(rule.sentence()).allMatch(text -> text.contains("Guilty"));
  }

  private static boolean isAdapter(JavaClass type) {
    return type.getPackageName().matches(".*\\.hypervisor\\.(libvirt|tools)");
  }

  private static boolean isEnvironment(JavaClass type) {
    return type.getPackageName().endsWith(".app");
  }
}
