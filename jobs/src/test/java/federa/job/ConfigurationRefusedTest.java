package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Experiment files and command lines that are refused before anything is opened: not even a warehouse is made. */
class ConfigurationRefusedTest {

    @TempDir
    Path directory;

    private SmallWorld world;

    @BeforeEach
    void write() {
        world = SmallWorld.in(directory);
    }

    static Stream<Arguments> edits() {
        return Stream.of(
                arguments("seed: 7", "sead: 7", "unknown key 'sead'", "seed"),
                arguments("rank: 2", "rnk: 2", "unknown key 'method.rnk'", "rank"),
                arguments("clip-norm: 1.0", "clip_norm: 1.0", "unknown key 'training.clip_norm'", "clip-norm"),
                arguments("name: small\n", "", "'name' is missing", ""),
                arguments("task: {kind: classification}\n", "", "'task' is missing", ""),
                arguments("format: topics, ", "", "'data.source.format' is missing", "columns"),
                arguments("seed: 7", "seed: 7\ndefaulted: [seed]", "'defaulted'", "remove it"),
                arguments("compute: {device: auto, threads: 1, precision: fp32}\n", "compute:\n", "compute", ""),
                arguments(
                        "precision: fp32", "precision: fp16", "compute.precision", "[auto, fp32, bf16, bf16-storage]"),
                arguments("rank: 2", "rank: 0", "method.rank must be at least 1", "0"),
                arguments("rank: 2", "rank: two", "method.rank", "two"),
                arguments("rank: 2", "rank: 2.5", "method.rank", "2.5"),
                arguments("rank: 2", "rank: 3000000000", "method.rank", "3000000000"),
                arguments("rank: 2", "rank: [2]", "method.rank", ""),
                arguments("rank: 2", "rank:", "method.rank", ""),
                arguments("alpha: 2", "alpha: 0", "method.alpha must be above 0", "0"),
                arguments("alpha: 2", "alpha: -1", "method.alpha must be above 0", "-1"),
                arguments("alpha: 2", "alpha: .nan", "line 13", "'.nan'"),
                arguments("alpha: 1.0", "alpha: 0", "partition.alpha must be > 0", "0"),
                arguments("alpha: 1.0", "alpha: -0.1", "partition.alpha must be > 0", "-0.1"),
                arguments("convention: hsu", "convention: hus", "partition.convention", "[fednlp, hsu]"),
                arguments("kind: federa", "kind: fedra", "method.kind", "[bitfit, federa, full"),
                arguments("kind: label-dirichlet", "kind: dirichlet", "partition.kind", "label-dirichlet"),
                arguments("format: topics", "format: topic", "data.source.format", "topics"),
                arguments("kind: classification", "kind: nre", "task.kind", "[classification, mlm, ner, qa]"),
                arguments("{kind: classification}", "{kind: mlm, share: 1.5}", "task.share", "1.5"),
                arguments("{kind: classification}", "{kind: ner, overlap: 400}", "task.overlap", "400"),
                arguments("kind: adamw", "kind: adam", "training.optimizer.kind", "[adamw, sgd]"),
                arguments("targets: [query, value]", "targets: query", "method.targets", ""),
                arguments("targets: [query, value]", "targets: []", "method.targets", "at least one"),
                arguments("targets: [query, value]", "targets: ['(']", "method.targets", "'('"),
                arguments("targets: [query, value]", "targets: [~]", "method.targets", "empty entry"),
                arguments("clients-per-round: 2", "clients-per-round: 5", "federation.clients-per-round", "4"),
                arguments("clients-per-round: 2", "clients-per-round: 0", "federation.clients-per-round", "0"),
                arguments("min-clients: 1", "min-clients: 3", "federation.min-clients", "3"),
                arguments("min-clients: 1", "min-clients: 0", "federation.min-clients", "0"),
                arguments("attempts: 2", "attempts: 0", "federation.attempts", "0"),
                arguments("deadline: 600", "deadline: 0", "federation.deadline", "0"),
                arguments("device: auto", "device: tpu", "compute.device", "[auto, cpu, gpu]"),
                arguments("rounds: 1", "rounds: 0", "federation.rounds", "0"),
                arguments("rounds: 1", "rounds: 1000000", "federation.rounds", "1000000"),
                arguments(
                        "strategy: published",
                        "weighting: examples",
                        "federation.aggregator.weighting",
                        "[num-examples"),
                arguments("strategy: published", "strategy: fedfoo", "federation.strategy", "fedavg"),
                arguments(
                        "strategy: published",
                        "aggregator: multi-krum",
                        "federation.min-clients must be at least 5",
                        "1"),
                arguments(
                        "strategy: published",
                        "aggregator: {kind: trimmed-mean, cut: 0.5}",
                        "federation.aggregator.cut",
                        "0.5"),
                arguments(
                        "strategy: published",
                        "strategy: fednova, aggregator: median",
                        "federation.strategy is fednova",
                        "set it to mean"),
                arguments(
                        "strategy: published",
                        "update-precision: int4",
                        "federation.update-precision",
                        "[float32, bf16, int8]"),
                arguments(
                        "strategy: published",
                        "strategy: published, client: {kind: fedprox, mu: 1}",
                        "published",
                        "client"),
                arguments(
                        "strategy: published",
                        "weighting: uniform, aggregator: mean",
                        "federation.weighting",
                        "remove"),
                arguments("learning-rate: 0.01", "learning-rate: -1", "training.learning-rate", "-1"),
                arguments("warm-up: 0.0", "warm-up: 2", "training.warm-up", "2"),
                arguments("beta2: 0.999", "beta2: 1", "training.optimizer.beta2", "1"),
                arguments("max-tokens: 16", "max-tokens: 2", "data.max-tokens", "2"),
                arguments("max-bad-share: 0.0", "max-bad-share: 1.5", "data.max-bad-share", "1.5"),
                arguments("train: 40", "train: 0", "data.source.train", "0"),
                arguments("name: small", "name: ../small", "name must be", "'../small'"),
                arguments("name: tiny", "name: a/b", "model.name must be", "'a/b'"),
                arguments("name: topics", "name: ''", "data.name must be", "''"),
                arguments("baselines: {}", "baselines: {../x: {seed: 1}}", "baselines must be", "'../x'"),
                arguments("baselines: {}", "baselines: {lora: }", "baselines.lora", "mapping"),
                arguments("baselines: {}", "baselines: {lora: {method.knd: lora}}", "baselines.lora", "method.knd"),
                arguments("baselines: {}", "baselines: {lora: {metod.kind: lora}}", "baselines.lora", "metod"),
                arguments("baselines: {}", "baselines: []", "baselines", ""),
                arguments("seed: 7", "seed: 7\nseed: 8", "line 3", "seed"),
                arguments("seed: 7", "seed: [7", "line 3", ""),
                arguments("seed: 7", "seed: 7: 8", "line 2", ""),
                arguments("seed: 7", "\tseed: 7", "line 2", ""),
                arguments("source: {format", "source: ${NOT_SET_HERE} # {format", "data.source", "NOT_SET_HERE"));
    }

    @ParameterizedTest(name = "{index} {1}")
    @MethodSource("edits")
    void aFileThatIsWrong(String right, String wrong, String key, String more) {
        String good = world.read("experiment.yaml");
        assertThat(good).contains(right);
        world.write("experiment.yaml", good.replace(right, wrong));
        Outcome refused =
                world.refusedExperiment("run").refusedWith(world.conf().toString(), key, more);
        assertThat(refused.err()).doesNotContain("federa.peft", "JsonToken", "java.lang");
        assertThat(world.warehouse()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "just text", "[1, 2]", "5"})
    void aFileThatIsNoMapping(String text) {
        world.write("experiment.yaml", text);
        world.refusedExperiment("run").refusedWith(world.conf().toString(), "mapping");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "prepare", "partition", "train"})
    void aFileThatIsNotThere(String job) {
        Path nowhere = world.file("nowhere.yaml");
        world.refused(job, "--conf", nowhere.toString()).refusedWith("--conf " + nowhere, "name a file such as");
        assertThat(world.warehouse()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gopher://host/x.yaml", "a:b"})
    void aFileNameThatIsNone(String file) {
        world.refused("run", "--conf", file).refusedWith("--conf", "'" + file + "'");
    }

    @Test
    void aDirectoryInPlaceOfAFile() {
        world.refused("run", "--conf", directory.toString()).refusedWith("--conf " + directory);
    }

    static Stream<Arguments> assignments() {
        return Stream.of(
                arguments("method.rnk=3", "method.rnk"),
                arguments("metod.rank=3", "unknown key 'metod' (did you mean 'method'?)"),
                arguments("federation.round=3", "unknown key 'federation.round' (did you mean 'federation.rounds'?)"),
                arguments("seed.x=3", "no key seed.x"),
                arguments("seed", "key=value"),
                arguments("=3", "key=value"),
                arguments(".=3", "'.' is no key"),
                arguments("method..rank=3", "'method..rank' is no key"),
                arguments("method.rank=[3", "not a YAML value"),
                arguments("method.rank=three", "method.rank"),
                arguments("method.rank=", "method.rank"),
                arguments("seed=", "seed"),
                arguments("seed=null", "seed"),
                arguments("name=null", "name"),
                arguments("method=lora", "method"),
                arguments("method.kind=lra", "method.kind"));
    }

    @ParameterizedTest(name = "{index} {0}")
    @MethodSource("assignments")
    void anAssignmentThatIsWrong(String assignment, String part) {
        world.refusedExperiment("run", "--set", assignment).refusedWith(part);
        assertThat(world.warehouse()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "", "a/b", "a b", ".x", "two\nlines", "LONG"})
    void hostileRunIds(String id) {
        String given = id.equals("LONG") ? "x".repeat(101) : id;
        world.refusedExperiment("run", "--run-id", given).refusedWith("--run-id must be 1 to 100 letters");
        world.refusedExperiment("train", "--run-id", given).refusedWith("--run-id must be 1 to 100 letters");
        for (String job : new String[] {"evaluate", "report"}) {
            world.refused(job, "--run-id", given).refusedWith("--run-id must be 1 to 100 letters");
        }
        world.refused(
                        "score",
                        "--run-id",
                        given,
                        "--input",
                        "in",
                        "--output",
                        world.file("out").toString())
                .refusedWith("--run-id must be 1 to 100 letters");
        assertThat(world.warehouse()).doesNotExist();
    }

    @Test
    void aRunIdThatBecomesTooLongWithABaseline() {
        String good = world.read("experiment.yaml");
        world.write("experiment.yaml", good.replace("baselines: {}", "baselines: {lora: {method.kind: lora}}"));
        world.refusedExperiment("run", "--run-id", "x".repeat(98)).refusedWith("--run-id with baselines.lora");
    }

    @Test
    void anUnknownJobOrOption() {
        Outcome.of("trian").refusedWith("trian", "(did you mean 'train'?)");
        Outcome.of("train", "--cnof", "x").refusedWith("--c");
        Outcome.of("train").refusedWith("--conf");
        world.refused("score", "--run-id", "x", "--input", "x", "--output", "y", "--format", "xls")
                .refusedWith("--format", "xls", "CSV");
    }
}
