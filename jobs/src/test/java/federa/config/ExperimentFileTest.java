package federa.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.encoder.HeadLabels;
import federa.federated.FedAvg;
import federa.federated.Mean;
import federa.federated.Weighting;
import federa.fixture.Tiny;
import federa.partition.ClassDirichlet;
import federa.partition.Iid;
import federa.partition.NaturalKey;
import federa.partition.QuantitySkew;
import federa.partition.Resident;
import federa.peft.Federa;
import federa.peft.FullFineTuning;
import federa.peft.Lora;
import federa.peft.Scaling;
import federa.peft.Targets;
import federa.prepare.Columns;
import federa.train.FedProx;
import federa.train.OptimizerConfig;
import federa.train.Plain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentFileTest {

    private static final Path EXPERIMENTS = Path.of("..", "conf", "experiments");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("FEDERA_HOME", "/home/federa", "FEDERA_DATA", "/data");

    static List<Path> shipped() throws IOException {
        return shipped(false);
    }

    /** The experiments that come with the project, or its grids of experiments. */
    static List<Path> shipped(boolean grids) throws IOException {
        try (Stream<Path> files = Files.list(EXPERIMENTS)) {
            return files.filter(file -> file.toString().endsWith(".yaml") && isGrid(file) == grids)
                    .toList();
        }
    }

    private static boolean isGrid(Path file) {
        try {
            return Files.readAllLines(file).contains("axes:");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyShippedExperimentAndItsBaselinesBind(Path file) {
        ExperimentFile parsed = parse(file);
        Experiment experiment = parsed.bind();

        assertThat(experiment.name()).isEqualTo(file.getFileName().toString().replace(".yaml", ""));
        assertThat(experiment.model().source()).startsWith("/home/federa/");
        experiment.baselines().forEach((name, keys) -> {
            Experiment baseline = parsed.baseline(name, keys).bind();
            assertThat(ExperimentFile.differences(experiment, baseline, List.of("baselines")))
                    .as(name)
                    .isNotEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void whatIsStoredWithARunBindsToTheSameExperiment(Path file) {
        ExperimentFile parsed = parse(file);
        Experiment experiment = parsed.bind();

        assertThat(ExperimentFile.ofYaml(ExperimentFile.toYaml(experiment))).isEqualTo(experiment);
        experiment.baselines().forEach((name, keys) -> {
            Experiment baseline = parsed.baseline(name, keys).bind();
            assertThat(ExperimentFile.ofYaml(ExperimentFile.toYaml(baseline))).isEqualTo(baseline);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "method={kind: full}",
                "method={kind: lora, rank: 2, alpha: 0.5, scaling: standard, targets: [all-linear, 'x.*']}",
                "partition={kind: iid, clients: 3}",
                "partition={kind: class-dirichlet, clients: 3, alpha: 0.1, min-examples: 1}",
                "partition={kind: label-dirichlet, clients: 3, alpha: 0.1, convention: fednlp}",
                "partition={kind: cluster-dirichlet, clients: 3, alpha: 0.1, convention: hsu, clusters: 4, representation: tf-idf}",
                "partition={kind: natural-key, column: key}",
                "partition={kind: quantity-skew, clients: 3, beta: 0.3}",
                "partition={kind: resident, clients: 3}",
                "training.optimizer={kind: sgd, momentum: 0.9, weight-decay: 0.01}",
                "federation.aggregator.weighting=uniform",
                "federation.client={kind: fedprox, mu: 0.5}",
                "data.source={format: ag-news, train: a.csv, test: b.csv}",
                "data.source={format: sst2, train: a.tsv, test: b.tsv}",
                "data.source={format: semeval2010-task8, train: a.txt, test: b.txt}",
                "data.source={format: 20newsgroups, archive: a.tar.gz}",
                "data.source={format: corpus, train: a.txt, test: b.txt, min-characters: 50}",
                "data.source={format: wnut2017, train: a.conll, test: b.conll}",
                "data.source={format: ploner, folder: a, domains: []}",
                "data.source={format: ploner, folder: a, domains: [onbc, onnw]}",
                "data.source={format: conll, train: a, test: b, token-column: 0, tag-column: -1, scheme: iob1}",
                "data.source={format: squad-v1.1, train: a.json, test: b.json}",
                "data.source={format: policyqa, train: a.json, test: b.json}",
                "data.source={format: squad-form, train: a.json, test: b.json}",
                "data.source={format: mrqa, train: a, test: b, train-per-source: 10000, test-per-source: 500}",
                "data.source={format: columns, train: 'a: b.csv', test: b.csv, text: t, label: l, id: none, key: none}"
            })
    void everyChoiceSurvivesBeingStored(String choice) {
        Experiment experiment = Tiny.experiment(choice);

        assertThat(experiment).isNotEqualTo(Tiny.experiment());
        assertThat(ExperimentFile.ofYaml(ExperimentFile.toYaml(experiment))).isEqualTo(experiment);
    }

    @Test
    void aRunOfAVersionThatLackedAKeyIsReadAsItWasTrained() {
        String now = ExperimentFile.toYaml(Tiny.experiment());
        String before = now.replaceAll("(?m)^ *gradient-checkpointing: .*\n", "");

        Experiment stored = ExperimentFile.ofYaml(before);

        assertThat(before).isNotEqualTo(now);
        assertThat(stored.training().gradientCheckpointing()).isFalse();
        assertThat(stored.defaulted()).contains("training.gradient-checkpointing");
        assertThatThrownBy(() -> ExperimentFile.ofYaml(now.replaceAll("(?m)^ *epochs: .*\n", "")))
                .hasMessageContaining("training.epochs");
    }

    @Test
    void choicesBindToTheirRecords() {
        Targets targets = new Targets(List.of("query", "value"));
        assertThat(Tiny.experiment().method()).isEqualTo(new Federa(4, 4, Scaling.STANDARD, targets));
        assertThat(Tiny.experiment("method.kind=lora", "method.rank=2").method())
                .isEqualTo(new Lora(2, 4, Scaling.STANDARD, targets));
        assertThat(Tiny.experiment("method={kind: full}").method()).isEqualTo(new FullFineTuning());
        assertThat(Tiny.experiment("partition={kind: iid, clients: 3}").partition())
                .isInstanceOf(Iid.class);
        assertThat(Tiny.experiment("partition={kind: class-dirichlet, clients: 3, alpha: 0.1, min-examples: 1}")
                        .partition())
                .isInstanceOf(ClassDirichlet.class);
        assertThat(Tiny.experiment("partition={kind: natural-key, column: key}").partition())
                .isInstanceOf(NaturalKey.class);
        assertThat(Tiny.experiment("partition={kind: quantity-skew, clients: 3, beta: 0.3}")
                        .partition())
                .isInstanceOf(QuantitySkew.class);
        assertThat(Tiny.experiment("partition={kind: resident, clients: 3}").partition())
                .isEqualTo(new Resident(3));
        assertThat(Tiny.experiment("training.optimizer={kind: sgd, momentum: 0.9, weight-decay: 0}")
                        .training()
                        .optimizer())
                .isEqualTo(new OptimizerConfig.Sgd(0.9, 0));
        assertThat(Tiny.experiment("federation.aggregator.weighting=uniform")
                        .federation()
                        .aggregator())
                .isEqualTo(new Mean(Weighting.UNIFORM));
        assertThat(Tiny.experiment("data.source={format: columns, train: a.csv, test: b.csv, text: t, label: l, id: i,"
                                + " key: k}")
                        .data()
                        .source())
                .isEqualTo(new Columns("a.csv", "b.csv", "t", "l", "i", "k"));
    }

    @Test
    void setReplacesValuesAndLeavesTheRest() {
        Experiment experiment = Tiny.experiment("seed=8", "method.rank=2", "method.targets=[key]", "name=other-1.0");

        assertThat(ExperimentFile.differences(Tiny.experiment(), experiment, List.of()))
                .containsExactly(
                        "method.rank was 4, now 2",
                        "method.targets was [\"query\",\"value\"], now [\"key\"]",
                        "name was tiny, now other-1.0",
                        "seed was 7, now 8");
    }

    @Test
    void setLeavesTheFileItCameFromAsItWas() {
        ExperimentFile file = ExperimentFile.parse("tiny.yaml", Tiny.yaml(), name -> "/model");

        file.with(List.of("seed=8"));

        assertThat(file.bind().seed()).isEqualTo(7);
    }

    @Test
    void aBaselineDiffersInItsKeysAndHasNoBaselines() {
        ExperimentFile file = ExperimentFile.parse("tiny.yaml", Tiny.yaml(), name -> "/model")
                .with(List.of("baselines={lora: {method.kind: lora, seed: 9}, full: {method: {kind: full}}}"));
        Experiment experiment = file.bind();

        assertThat(experiment.baselines()).containsOnlyKeys("lora", "full");
        Experiment lora =
                file.baseline("lora", experiment.baselines().get("lora")).bind();
        assertThat(lora.baselines()).isEmpty();
        assertThat(ExperimentFile.differences(experiment, lora, List.of("baselines")))
                .containsExactly("method.kind was federa, now lora", "seed was 7, now 9");
        assertThat(file.baseline("full", experiment.baselines().get("full"))
                        .bind()
                        .method())
                .isEqualTo(new FullFineTuning());
    }

    @Test
    void environmentVariablesAreReplacedWhereverTheyStand() {
        String yaml = Tiny.yaml().replace("[query, value]", "['${A}', 'x${A}${B}']");

        Experiment experiment = ExperimentFile.parse(
                        "tiny.yaml", yaml, Map.of("MODEL", "/a $b\\c", "A", "query", "B", "1")::get)
                .bind();

        assertThat(experiment.model().source()).isEqualTo("/a $b\\c");
        assertThat(((Federa) experiment.method()).targets().entries()).containsExactly("query", "xquery1");
    }

    @Test
    void differencesNameKeysAndSkipWhatMayChange() {
        Experiment stored = Tiny.experiment();
        Experiment now = Tiny.experiment("federation.rounds=9", "evaluation.every=3", "method={kind: full}");

        assertThat(ExperimentFile.differences(stored, now, List.of("federation.rounds", "evaluation")))
                .containsExactly(
                        "method.alpha was 4.0, now absent",
                        "method.kind was federa, now full",
                        "method.rank was 4, now absent",
                        "method.scaling was standard, now absent",
                        "method.targets was [\"query\",\"value\"], now absent");
        assertThat(ExperimentFile.differences(stored, stored, List.of())).isEmpty();
        assertThat(ExperimentFile.differences(now, now, List.of())).isEmpty();
    }

    @Test
    void fourLinesAreAnExperimentAndAllElseIsADefault() {
        Experiment experiment = minimal("");

        assertThat(experiment.data().name()).isEqualTo("mine");
        assertThat(experiment.model().source()).startsWith("/home/federa/");
        assertThat(experiment.federation().minClients()).isEqualTo(5);
        assertThat(ExperimentFile.ofYaml(ExperimentFile.toYaml(experiment))).isEqualTo(experiment);
        assertThat(experiment.defaulted())
                .contains("training.learning-rate", "method.targets", "data.source.id")
                .doesNotContain("name", "task.kind", "data.source.train");
    }

    @Test
    void defaultsFollowTheKindsThatTheFileNames() {
        assertThat(minimal("method: {kind: full}").training().learningRate())
                .isLessThan(minimal("").training().learningRate());
        assertThat(minimal("method: {kind: lora, rank: 3}").method())
                .isEqualTo(new Lora(3, 3, Scaling.STANDARD, new Targets(List.of("query", "value"))));
        assertThat(minimal("training: {optimizer: {kind: sgd}}").training().optimizer())
                .isEqualTo(new OptimizerConfig.Sgd(0.9, 0));
        assertThat(minimal("partition: {kind: iid, clients: 4}").federation().clientsPerRound())
                .isEqualTo(4);
        assertThat(minimal("federation: {clients-per-round: 3}").federation().minClients())
                .isEqualTo(2);
        assertThat(minimal("model: {source: /models/roberta-base/}").model())
                .isEqualTo(new Experiment.Model("roberta-base", "/models/roberta-base/", HeadLabels.BY_NAME));
        assertThat(minimal("model: {name: imported}").model().source()).isEqualTo(Experiment.Model.NONE);
    }

    @Test
    void defaultsFollowTheArchitectureOfTheModel() {
        ExperimentFile file = ExperimentFile.parse("mine.yaml", MINIMAL, ENVIRONMENT::get);

        assertThat(((Federa) file.on((name, source) -> Optional.of("deberta-v2"))
                                .bind()
                                .method())
                        .targets()
                        .entries())
                .containsExactly("query_proj", "value_proj");
    }

    /** Stored values, not defaults, are what a run goes on with: see decision 078. */
    @Test
    void aRunGoesOnWithTheDefaultsThatItBeganWith() {
        Experiment now = minimal("");
        Experiment stored = ExperimentFile.ofYaml(ExperimentFile.toYaml(now)
                .replaceAll("learning-rate: .*", "learning-rate: 0.5")
                .replaceAll("rounds: .*", "rounds: 3")
                .replaceAll("rank: .*", "rank: 2"));

        Experiment continued = ExperimentFile.continued(stored, now, List.of("federation.rounds"));

        assertThat(continued).isEqualTo(stored);
        assertThat(ExperimentFile.continued(stored, minimal("federation: {rounds: 7}"), List.of("federation.rounds"))
                        .federation()
                        .rounds())
                .isEqualTo(7);
        assertThatThrownBy(() -> ExperimentFile.continued(stored, minimal("method: {rank: 8}"), List.of()))
                .hasMessage("method.rank was 2, now 8");
        assertThatThrownBy(() -> ExperimentFile.continued(minimal("method: {rank: 4}"), now, List.of()))
                .as("a line that was removed from the file")
                .hasMessage("method.rank was 4, now 8");
        assertThat(ExperimentFile.continued(stored, minimal("method: {rank: 2}"), List.of())
                        .defaulted())
                .doesNotContain("method.rank")
                .contains("training.learning-rate");
    }

    @ParameterizedTest
    @CsvSource({
        "trainig: {epochs: 2}, trainig, training",
        "method: {rnak: 3}, method.rnak, method.rank",
        "method: {kind: fedra}, fedra, federa",
        "federation: {weighting: unifrom}, unifrom, uniform",
        "training: {learning_rate: 0.1}, training.learning_rate, training.learning-rate",
        "rounds: 5, rounds, federation.rounds"
    })
    void aKeyOrValueWithATypingErrorIsAnsweredWithTheOneThatWasMeant(String line, String wrong, String right) {
        assertThatThrownBy(() -> minimal(line))
                .hasMessageContaining("'" + wrong + "'")
                .hasMessageContaining("(did you mean '%s'?)", right);
    }

    @Test
    void everyKeyIsExplainedWithWhereItsValueIsFrom() {
        Map<String, ExperimentFile.Explained> keys = ExperimentFile.parse(
                        "mine.yaml", MINIMAL + "method: {alpha: 4}", ENVIRONMENT::get)
                .with(List.of("method.rank=4"))
                .explain()
                .stream()
                .collect(Collectors.toMap(ExperimentFile.Explained::key, key -> key));

        assertThat(keys.get("method.rank").origin()).isEqualTo("--set");
        assertThat(keys.get("method.alpha").origin()).isEqualTo("file");
        assertThat(keys.get("method.kind").origin()).isEqualTo("default");
        assertThat(keys.get("data.source.train").meaning()).isEqualTo("where the train rows are");
        assertThat(keys.values()).allSatisfy(key -> assertThat(key.meaning()).isNotBlank());
    }

    private static final String MINIMAL =
            """
            name: mine
            task: {kind: classification}
            data:
              source: {format: columns, train: mine.csv, text: body, label: stars}
            """;

    private static Experiment minimal(String more) {
        return ExperimentFile.parse("mine.yaml", MINIMAL + more, ENVIRONMENT::get)
                .bind();
    }

    /** Whoever adds, renames or removes a key changes this list, the documentation and the defaults. */
    @Test
    void theKeysOfTheQuickstartAreThese() {
        assertThat(Leaves.of(Binding.mapper()
                                .valueToTree(parse(EXPERIMENTS.resolve("quickstart.yaml"))
                                        .bind()))
                        .keySet())
                .containsExactly(
                        "baselines.lora.method.kind",
                        "compute.device",
                        "compute.precision",
                        "compute.threads",
                        "data.max-bad-share",
                        "data.max-tokens",
                        "data.name",
                        "data.source.format",
                        "data.source.seed",
                        "data.source.test",
                        "data.source.train",
                        "data.test-seed",
                        "data.test-share",
                        "defaulted",
                        "evaluation.batch-size",
                        "evaluation.clients-every",
                        "evaluation.every",
                        "evaluation.validation",
                        "federation.aggregator.kind",
                        "federation.aggregator.weighting",
                        "federation.attempts",
                        "federation.client.kind",
                        "federation.clients-per-round",
                        "federation.deadline",
                        "federation.min-clients",
                        "federation.patience",
                        "federation.rounds",
                        "federation.strategy.kind",
                        "federation.update-precision",
                        "head.start",
                        "method.alpha",
                        "method.kind",
                        "method.rank",
                        "method.scaling",
                        "method.targets",
                        "model.head-labels",
                        "model.name",
                        "model.source",
                        "name",
                        "partition.alpha",
                        "partition.clients",
                        "partition.convention",
                        "partition.kind",
                        "seed",
                        "task.kind",
                        "training.batch-size",
                        "training.clip-norm",
                        "training.epochs",
                        "training.gradient-checkpointing",
                        "training.head-learning-rate",
                        "training.learning-rate",
                        "training.local-steps",
                        "training.optimizer.beta1",
                        "training.optimizer.beta2",
                        "training.optimizer.eps",
                        "training.optimizer.kind",
                        "training.optimizer.weight-decay",
                        "training.schedule",
                        "training.warm-up");
    }

    @Test
    void formerKeysOfTheAlgorithmAreStillRead() {
        String yaml = Tiny.yaml()
                .replace("clip-norm: 1.0", "clip-norm: 1.0\n  proximal: 0.25")
                .replace("strategy: published", "weighting: uniform");

        Experiment.Federation former = parse(yaml).bind().federation();

        assertThat(former.client()).isEqualTo(new FedProx(0.25));
        assertThat(former.aggregator()).isEqualTo(new Mean(Weighting.UNIFORM));
        assertThat(former.strategy()).isEqualTo(new FedAvg());
        Experiment.Federation set = parse(Tiny.yaml())
                .with(List.of("training.proximal=0.5", "federation.weighting=uniform"))
                .bind()
                .federation();
        assertThat(set.client()).isEqualTo(new FedProx(0.5));
        assertThat(set.aggregator()).isEqualTo(new Mean(Weighting.UNIFORM));
        assertThat(parse(yaml.replace("0.25", "0")).bind().federation().client())
                .isEqualTo(new Plain());
    }

    @Test
    void aRunOfBeforeTheAlgorithmHadKeysIsThePublishedOneNow() {
        String stored = ExperimentFile.toYaml(Tiny.experiment());
        String before = stored.replaceAll("(?m)^  (client|aggregator|strategy):\\n(    .*\\n)+", "")
                .replaceAll("(?m)^training:\\n", "training:\n  proximal: 0.0\n")
                .replaceAll("(?m)^federation:\\n", "federation:\n  weighting: num-examples\n");
        assertThat(before).doesNotContain("fedavg");

        assertThat(ExperimentFile.differences(ExperimentFile.ofYaml(before), Tiny.experiment(), List.of()))
                .isEmpty();
    }

    @Test
    void theAlgorithmIsFedAvgByAnyOfItsNames() {
        for (String strategy : List.of("strategy: published", "strategy: fedavg", "strategy: {kind: fedavg}")) {
            assertThat(ExperimentFile.whole(parse(Tiny.yaml().replace("strategy: published", strategy))
                            .bind()))
                    .isEqualTo(ExperimentFile.whole(Tiny.experiment()));
        }
        assertThat(ExperimentFile.whole(
                        parse(Tiny.yaml().replace(", strategy: published", "")).bind()))
                .isEqualTo(ExperimentFile.whole(Tiny.experiment()));
    }

    private static ExperimentFile parse(String yaml) {
        return ExperimentFile.parse("tiny.yaml", yaml, name -> Tiny.model().toString());
    }

    private static ExperimentFile parse(Path file) {
        try {
            return ExperimentFile.parse(file.toString(), Files.readString(file), ENVIRONMENT::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyKeyThatWasAddedIsStillAKeyAndHasItsValueInAnOldConfiguration() {
        ExperimentFile.ADDED.forEach((key, value) -> {
            ExperimentFile file = ExperimentFile.parse("tiny.yaml", Tiny.yaml(), name -> "model");
            assertThat(file.get(key)).as(key).isPresent();
            assertThat(file.with(Map.of(key, value)).get(key)).as(key).contains(value);
            assertThatNoException().as(key).isThrownBy(file.with(Map.of(key, value))::bind);
        });
    }
}
