package federa;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import federa.spi.Choices;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The diagram of the architecture, checked against the classes. */
class ArchitectureTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/federa/fixture/")) // core's test fixture, in a jar
            .importPackages("federa");

    /** Each package, and the packages of ours it may use: only lines above its own, so there can be no cycle. */
    private static final Map<String, List<String>> DIAGRAM = new LinkedHashMap<>();

    static {
        // core: the algorithm
        row("spi");
        row("tensor");
        row("random", "tensor", "spi");
        row("text", "spi");
        row("checkpoint", "spi");
        row("engine", "tensor");
        row("encoder", "engine", "checkpoint", "random", "tensor", "spi");
        row("peft", "encoder", "engine", "random", "tensor", "spi");
        row("metric", "spi");
        row("task", "metric", "encoder", "text", "random", "spi");
        row("train", "task", "peft", "encoder", "engine", "tensor", "spi");
        row("federated", "train", "task", "peft", "random", "tensor", "spi");
        row("head", "federated", "train", "task", "peft", "encoder", "engine", "random", "tensor", "spi");
        row("exchange", "peft", "encoder", "engine", "checkpoint", "text", "tensor", "spi");
        // partitioners: which client has which data
        row("partition", "spi");
        // udfs: what runs inside a Spark task
        row("udf", "federated", "train", "task", "peft", "encoder", "engine", "text", "random", "tensor", "spi");
        // model-store: what is kept
        row("store", "federated", "encoder", "checkpoint", "text", "tensor", "spi");
        // jobs: who gives the orders
        row("prepare", "random", "spi");
        row("compare", "spi");
        row("report", "compare");
        row(
                "config",
                "compare",
                "prepare",
                "partition",
                "head",
                "federated",
                "train",
                "task",
                "peft",
                "encoder",
                "engine",
                "spi");
        row(
                "pipeline",
                "config",
                "report",
                "compare",
                "prepare",
                "store",
                "udf",
                "partition",
                "exchange",
                "head",
                "federated",
                "train",
                "task",
                "peft",
                "encoder",
                "engine",
                "random",
                "tensor",
                "spi");
        row("ml", "pipeline", "config", "prepare", "store", "udf", "task", "encoder", "spi");
        row("sql", "pipeline", "udf", "task", "spi");
        row(
                "job",
                "pipeline",
                "config",
                "report",
                "compare",
                "prepare",
                "store",
                "udf",
                "partition",
                "federated",
                "train",
                "task",
                "peft",
                "encoder",
                "checkpoint",
                "engine",
                "text",
                "random",
                "tensor",
                "spi");
    }

    private static final String[] CORE = Stream.of(
                    "spi",
                    "tensor",
                    "random",
                    "text",
                    "checkpoint",
                    "engine",
                    "encoder",
                    "peft",
                    "metric",
                    "task",
                    "train",
                    "federated",
                    "head",
                    "exchange")
            .map(ArchitectureTest::everythingIn)
            .toArray(String[]::new);

    @Test
    void everyPackageIsInTheDiagram() {
        Set<String> packages = new TreeSet<>();
        OURS.forEach(type -> packages.add(lastOf(type)));
        assertThat(packages).containsExactlyInAnyOrderElementsOf(DIAGRAM.keySet());
    }

    @Test
    void everyUseInTheDiagramIsThere() {
        DIAGRAM.forEach((name, uses) -> {
            Set<String> used = new TreeSet<>();
            OURS.stream()
                    .filter(type -> lastOf(type).equals(name))
                    .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith("federa."))
                    .forEach(target -> used.add(lastOf(target)));
            assertThat(used).as("what federa.%s uses", name).containsAll(uses);
        });
    }

    @Test
    void packagesUseOnlyThoseThatTheirLineNames() {
        DIAGRAM.forEach((name, uses) -> {
            String[] allowed = Stream.concat(Stream.of(name), uses.stream())
                    .map(ArchitectureTest::everythingIn)
                    .toArray(String[]::new);
            DescribedPredicate<JavaClass> another =
                    resideInAnyPackage("federa..").and(not(resideInAnyPackage(allowed)));
            noClasses()
                    .that()
                    .resideInAPackage(everythingIn(name))
                    .should()
                    .dependOnClassesThat(another.as("are ours but not among %s", uses))
                    .check(OURS);
        });
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("federa.(*)..").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void coreKnowsNeitherSparkNorHadoopNorDeltaNorJackson() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.spark..",
                        "org.apache.hadoop..",
                        "org.apache.parquet..",
                        "org.apache.avro..",
                        "io.delta..",
                        "com.fasterxml.jackson..",
                        "scala..")
                .check(OURS);
    }

    @Test
    void onlyEngineTouchesTheInternalsOfPyTorch() {
        noClasses()
                .that()
                .resideOutsideOfPackage("federa.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .check(OURS);
    }

    @Test
    void onlyTheAlgorithmKnowsDjl() {
        noClasses()
                .that()
                .resideInAnyPackage("federa.partition..", "federa.prepare..", "federa.report..", "federa.config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(OURS);
    }

    @Test
    void onlyJobsHaveMainMethods() {
        methods()
                .that()
                .haveName("main")
                .and()
                .areStatic()
                .should()
                .beDeclaredInClassesThat()
                .resideInAPackage("federa.job..")
                .check(OURS);
    }

    @Test
    void onlyTheDriversSideOfARunTouchesDelta() {
        noClasses()
                .that()
                .resideOutsideOfPackages("federa.store..", "federa.pipeline..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.delta..")
                .check(OURS);
    }

    /** What a choice does is a method of its category, so that a choice from another jar can do it too. */
    @Test
    void nobodyAsksWhichChoiceItHas() {
        Choices choices = Choices.load();
        for (Class<?> category : choices.categories()) {
            Set<String> implementations = new TreeSet<>();
            choices.of(category)
                    .forEach(choice -> implementations.add(choice.type().getName()));
            noClasses()
                    .that()
                    .resideOutsideOfPackage(category.getPackageName())
                    .should(askFor(implementations))
                    .because("a choice that another jar adds would not be among them")
                    .check(OURS);
        }
    }

    /** Exit code 2 and one line are for what a user can mend. A wrong argument that only our own code can pass is a bug. */
    @Test
    void whatAUserCanMendIsAnExceptionOfItsOwn() {
        noClasses()
                .that()
                .resideOutsideOfPackages("federa.spi..", "federa.tensor..")
                .and()
                .haveNameNotMatching("federa\\.(federated\\.WeightedMean|text\\.Pieces|train\\.ClientModel.*)")
                .should()
                .callConstructorWhere(describe(
                        "is IllegalArgumentException's, and called by a line of code",
                        call -> call.getTargetOwner().isEquivalentTo(IllegalArgumentException.class)
                                && !call.getOrigin().getName().equals("$deserializeLambda$")))
                .because("IllegalArgumentException is for input, and IllegalStateException for bugs")
                .check(OURS);
    }

    private static ArchCondition<JavaClass> askFor(Set<String> types) {
        return new ArchCondition<>("be instanceof one of " + types) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getInstanceofChecks().stream()
                        .filter(check -> types.contains(check.getRawType().getName()))
                        .forEach(check -> events.add(SimpleConditionEvent.satisfied(
                                type,
                                "%s checks for %s"
                                        .formatted(
                                                type.getName(),
                                                check.getRawType().getName()))));
            }
        };
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Manager|Helpers?|Impl)")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .check(OURS);
    }

    @Test
    void numbersThatAMachineMayReadAreFormattedInTheRootLocale() throws IOException {
        assertThat(FormattedNumbers.inDefaultLocale(OURS)).isEmpty();
    }

    private static void row(String name, String... uses) {
        if (!DIAGRAM.keySet().containsAll(List.of(uses))) {
            throw new IllegalArgumentException("federa." + name + " uses a package below it: " + List.of(uses));
        }
        DIAGRAM.put(name, List.of(uses));
    }

    /** The package of a class of ours, without "federa.". */
    private static String lastOf(JavaClass type) {
        return type.getPackageName().substring("federa.".length());
    }

    private static String everythingIn(String name) {
        return "federa." + name + "..";
    }
}
