package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experiments that do not fit their model, their data or the run that is there already. */
class ExperimentRefusedTest {

    @TempDir
    static Path directory;

    private static SmallWorld world;

    @BeforeAll
    static void train() {
        world = SmallWorld.trainedIn(directory);
    }

    static Stream<Arguments> unfit() {
        return Stream.of(
                arguments("method.rank=17", "method.rank is 17", "16 at most"),
                arguments(
                        "method={kind: lora, rank: 17, alpha: 1, scaling: standard, targets: [query]}",
                        "method.rank is 17",
                        "16 at most"),
                arguments("method.targets=[qury]", "method.targets: 'qury' matches no linear layer", "query"),
                arguments("data.max-tokens=65", "data.max-tokens is 65", "set it to 64 or less"));
    }

    /** With new names, so that refusing later would leave a data set, a partition or a run behind. */
    @ParameterizedTest
    @MethodSource("unfit")
    void whatDoesNotFitTheModel(String assignment, String what, String remedy) {
        String[] options = {
            "--run-id", "unfit", "--set", assignment, "--set", "data.name=unseen", "--set", "partition.alpha=0.3"
        };
        world.refusedExperiment("run", options).refusedWith(what, remedy);
        world.refusedExperiment("train", options).refusedWith(what, remedy);
    }

    @Test
    void aBaselineThatDoesNotFitTheModel() {
        Path file = world.write(
                "baselines.yaml",
                world.read("experiment.yaml").replace("baselines: {}", "baselines: {wide: {method.rank: 17}}"));
        world.refused("run", "--conf", file.toString(), "--run-id", "wide").refusedWith("method.rank is 17");
    }

    @ParameterizedTest
    @ValueSource(strings = {"partition", "train"})
    void moreClientsThanExamples(String job) {
        String[] options = {"--set", "partition.clients=41", "--set", "name=crowd"};
        world.refusedExperiment(job, options).refusedWith("partition.clients is 41", "40 examples", "at most 40");
    }

    @Test
    void moreClientsPerRoundThanClientsWithExamples() {
        // How many clients a natural key gives only the partition tells, which is left: it is whole.
        world.experiment(
                        "run",
                        "--run-id",
                        "keys",
                        "--set",
                        "partition={kind: natural-key, column: label}",
                        "--set",
                        "federation.clients-per-round=11")
                .refusedWith("federation.clients-per-round must be 1 to 10", "11");
        world.refused("evaluate", "--run-id", "keys").refusedWith("no run keys");
    }

    @Test
    void aKeyColumnThatIsNotThere() {
        world.refusedExperiment("run", "--run-id", "keys", "--set", "partition={kind: natural-key, column: author}")
                .refusedWith("no column 'author'");
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                arguments("seed=8", "seed was 7, now 8"),
                arguments("method.rank=3", "method.rank was 2, now 3"),
                arguments("method.kind=lora", "method.kind was federa, now lora"),
                arguments("training.learning-rate=0.02", "training.learning-rate was 0.01, now 0.02"),
                arguments("partition.alpha=0.5", "partition.alpha was 1.0, now 0.5"),
                arguments("data.name=others", "data.name was topics, now others"),
                arguments("model.name=other", "model.name was tiny, now other"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aRunIdWhoseConfigurationDiffers(String assignment, String difference) {
        for (String job : new String[] {"run", "train"}) {
            world.refusedExperiment(job, "--run-id", "small", "--set", assignment)
                    .refusedWith("run small", difference, "use another --run-id");
        }
    }

    @Test
    void theSameRunIdWithTheSameConfigurationIsLeftAsItIs() {
        assertThat(world.experiment("train").done().lastLine()).contains("\"run_id\":\"small\"", "\"rounds\":1");
    }

    @Test
    void jobsOutOfOrder(@TempDir Path other) throws Exception {
        SmallWorld fresh = SmallWorld.in(other);
        fresh.refusedExperiment("train").refusedWith("--warehouse", "is no warehouse");
        fresh.refusedExperiment("partition").refusedWith("--warehouse", "is no warehouse");
        assertThat(fresh.warehouse()).doesNotExist();
        Files.createDirectories(fresh.warehouse());
        fresh.job(
                        "import-model",
                        "--name",
                        "other",
                        "--source",
                        fresh.file("tiny").toString())
                .done();
        fresh.refusedExperiment("train").refusedWith("no model tiny", "import-model");
        fresh.job(
                        "import-model",
                        "--name",
                        "tiny",
                        "--source",
                        fresh.file("tiny").toString())
                .done();
        fresh.refusedExperiment("train").refusedWith("no data set topics", "prepare");
        fresh.refusedExperiment("partition").refusedWith("no data set topics", "prepare");
    }
}
