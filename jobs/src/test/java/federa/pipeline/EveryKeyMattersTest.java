package federa.pipeline;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.fixture.Tiny;
import federa.store.Round;
import federa.store.RunStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every key of an experiment moves the trained adapters, or is known not to: a key that is read and forgotten would be
 * found here. A new key needs another valid value in {@link #OTHER}.
 */
@Execution(ExecutionMode.CONCURRENT)
class EveryKeyMattersTest {

    /** The experiment in which one key at a time is changed: as few texts, steps and rounds as every key needs to matter. */
    private static final Map<String, Object> BASE = Map.ofEntries(
            entry("data.source.train", 36),
            entry("data.source.test", 4),
            entry("data.max-tokens", 12),
            entry("partition.clients", 3),
            entry("partition.min-examples", 4),
            entry("training.batch-size", 4),
            entry("training.optimizer.eps", 1.0e-4),
            entry("training.optimizer.weight-decay", 0.01),
            entry("federation.rounds", 1),
            entry("federation.clients-per-round", 2),
            entry("evaluation.every", 2),
            entry("evaluation.validation", 0.2));

    /** Another valid value of each key. */
    private static final Map<String, Object> OTHER = Map.ofEntries(
            entry("name", "another"),
            entry("seed", 8),
            entry("model.name", "another"),
            entry("model.source", "elsewhere"),
            entry("task.kind", "classification"),
            entry("data.name", "another"),
            entry("data.source.format", "topics"),
            entry("data.source.train", 35),
            entry("data.source.test", 3),
            entry("data.source.seed", 18),
            entry("data.max-bad-share", 0.5),
            entry("data.max-tokens", 6),
            entry("data.test-share", 0.5),
            entry("data.test-seed", 3),
            entry("partition.kind", "class-dirichlet"),
            entry("partition.clients", 4),
            entry("partition.alpha", 0.05),
            entry("partition.min-examples", 11),
            entry("model.head-labels", "by-position"),
            entry("head.start", "class-means"),
            entry("method.kind", "lora"),
            entry("method.rank", 3),
            entry("method.alpha", 8.0),
            entry("method.scaling", "rank-stabilized"),
            entry("method.targets", List.of("query")),
            entry("training.epochs", 2),
            entry("training.batch-size", 3),
            entry("training.learning-rate", 0.02),
            entry("training.head-learning-rate", 0.03),
            entry("training.local-steps", 3),
            entry("training.schedule", "run"),
            entry("training.warm-up", 0.9),
            entry("training.clip-norm", 0.01),
            entry("federation.client.kind", "plain"),
            entry("training.gradient-checkpointing", true),
            entry("training.optimizer.kind", "adamw"),
            entry("training.optimizer.beta1", 0.5),
            entry("training.optimizer.beta2", 0.9),
            entry("training.optimizer.eps", 1.0e-2),
            entry("training.optimizer.weight-decay", 0.2),
            entry("federation.rounds", 2),
            entry("federation.clients-per-round", 3),
            entry("federation.min-clients", 2),
            entry("federation.attempts", 3),
            entry("federation.deadline", 500),
            entry("federation.update-precision", "int8"),
            entry("federation.aggregator.weighting", "uniform"),
            entry("federation.aggregator.kind", "mean"),
            entry("federation.strategy.kind", "fedavg"),
            entry("federation.patience", 4),
            entry("evaluation.validation", 0.4),
            entry("evaluation.every", 1),
            entry("evaluation.clients-every", 2),
            entry("evaluation.batch-size", 16),
            entry("compute.device", "cpu"),
            entry("compute.threads", 2),
            entry("compute.precision", "bf16-storage"),
            entry("baselines", Map.of("other", Map.of("seed", 9))));

    /** Keys that a run may not change and that yet leave its bits alone, with the reason. */
    private static final Map<String, String> NO_INFLUENCE = Map.ofEntries(
            entry("model.name", "the model is known by its digest"),
            entry("data.name", "the data set is known by its fingerprint"),
            entry("data.test-share", "this source has test rows of its own: DatasetsTest"),
            entry("data.test-seed", "this source has test rows of its own: DatasetsTest"),
            entry("task.kind", "another task needs another data set: GridTest"),
            entry("partition.kind", "its other kinds have other keys: PartitionsTest"),
            entry("training.optimizer.kind", "its other kind has other keys: the optimizers' own tests"),
            entry("training.gradient-checkpointing", "it computes the same activations again"),
            entry("training.schedule", "a run of one round is a round: LocalTrainingTest"),
            entry("federation.client.kind", "its other kind has other keys: TrainingTest"),
            entry("federation.aggregator.kind", "its other kinds are aggregators of their own: AggregatorLawsTest"),
            entry("federation.strategy.kind", "its other kinds are strategies of their own: TrainingTest"),
            entry("compute.device", "this machine's only device, named"),
            entry("compute.threads", "only the last bits depend on it, and not on every machine"));

    @TempDir
    static Path directory;

    private static Workspace workspace;
    private static List<Round.Summary> base;

    @BeforeAll
    static void trainTheBase() {
        workspace = Tiny.empty(directory.resolve("warehouse"));
        Tiny.prepare(workspace, experiment(Map.of()));
        base = train("base", experiment(Map.of()));
    }

    @Test
    void everyKeyHasAnotherValueHere() throws Exception {
        JsonNode tree = new YAMLMapper().readTree(ExperimentFile.toYaml(experiment(Map.of())));
        Set<String> keys = new TreeSet<>();
        collect(tree, "", keys);
        keys.remove("defaulted"); // names keys, and is none

        assertThat(OTHER).containsOnlyKeys(keys);
    }

    @Test
    void whatMayChangeAndWhatHasNoInfluenceAreKeys() {
        assertThat(Stream.concat(Training.MAY_CHANGE.stream(), NO_INFLUENCE.keySet().stream()))
                .allSatisfy(key -> assertThat(OTHER.keySet())
                        .as(key)
                        .anyMatch(known -> known.equals(key) || known.startsWith(key + ".")));
    }

    static List<String> keysThatMatter() {
        List<String> keys = new ArrayList<>(new TreeSet<>(OTHER.keySet()));
        keys.removeIf(key -> mayChange(key) || NO_INFLUENCE.containsKey(key));
        return keys;
    }

    /** A run for each key: {@code -Dtest.groups.excluded=} lets it run. */
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("keysThatMatter")
    void aKeyThatMayNotChangeChangesTheAdapters(String key) {
        requireItMatters("each-" + key, key);
    }

    /** The same for a key of each part of an experiment that a run reads in another place. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "seed",
                "training.local-steps",
                "training.clip-norm",
                "federation.aggregator.weighting",
                "compute.precision"
            })
    void aKeyOfEachPartChangesTheAdapters(String key) {
        requireItMatters("part-" + key, key);
    }

    private static void requireItMatters(String run, String key) {
        List<Round.Summary> other = train(run, experiment(Map.of(key, OTHER.get(key))));

        assertThat(other.get(1).failedClients()).isZero();
        assertThat(other.get(1).adaptersSha256()).isNotEqualTo(base.get(1).adaptersSha256());
    }

    @Test
    void theKeysThatMayChangeAndThatOfRecomputationLeaveTheAdaptersAlone() {
        Map<String, Object> values = new TreeMap<>(OTHER);
        values.keySet().removeIf(key -> !mayChange(key));
        values.put("training.gradient-checkpointing", true);
        List<Round.Summary> other = train("may-change", experiment(values));

        assertThat(other.get(1).adaptersSha256()).isEqualTo(base.get(1).adaptersSha256());
    }

    private static boolean mayChange(String key) {
        return Training.MAY_CHANGE.stream().anyMatch(free -> key.equals(free) || key.startsWith(free + "."));
    }

    private static Experiment experiment(Map<String, Object> changes) {
        return ExperimentFile.parse(
                        "tiny.yaml", Tiny.yaml(), name -> Tiny.model().toString())
                .with(BASE)
                .with(changes)
                .bind();
    }

    private static List<Round.Summary> train(String run, Experiment experiment) {
        new Training(workspace).train(experiment, run);
        return new RunStore(workspace.tables(), run).rounds();
    }

    /** The keys of a tree that have values, dotted; a mapping without keys is a value. */
    private static void collect(JsonNode node, String path, Set<String> keys) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            object.fields()
                    .forEachRemaining(field -> collect(
                            field.getValue(), path.isEmpty() ? field.getKey() : path + "." + field.getKey(), keys));
        } else {
            keys.add(path);
        }
    }
}
