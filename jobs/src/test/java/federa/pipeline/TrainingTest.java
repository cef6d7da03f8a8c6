package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import federa.federated.BestRound;
import federa.federated.ClientSampler;
import federa.federated.ClientUpdate;
import federa.federated.ServerState;
import federa.fixture.Tiny;
import federa.random.HeldOut;
import federa.store.Round;
import federa.store.Round.ClientEvaluation;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import federa.udf.ClientLocation.Resident;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {

    private static final String ONE_ROUND = "federation.rounds=1";

    @TempDir
    static Path directory;

    private static Workspace workspace;

    /** Three rounds without a stop. */
    private static Results whole;

    @BeforeAll
    static void train() {
        workspace = Tiny.prepared(directory.resolve("warehouse"));
        whole = Tiny.train(workspace, "whole");
    }

    @Test
    void everyRoundIsCommittedWithItsClientsAndEvaluations() {
        assertThat(whole.rounds()).extracting(Round.Summary::number).containsExactly(0, 1, 2, 3);
        assertThat(whole.rounds()).extracting(Round.Summary::attempt).containsOnly(1);
        assertThat(whole.evaluations()).containsOnlyKeys(0, 1, 2, 3);
        assertThat(whole.evaluations().values()).allSatisfy(metrics -> assertThat(metrics)
                .extracting(Evaluation::metric)
                .containsExactlyInAnyOrder("accuracy", "macro_f1", "loss"));
        assertThat(whole.updates()).containsOnlyKeys(1, 2, 3);
        whole.updates().forEach((round, updates) -> {
            Round.Summary summary = whole.rounds().get(round);
            assertThat(updates).hasSize(3).allMatch(ClientUpdate::ok);
            assertThat(summary.clients()).isEqualTo(3);
            assertThat(summary.numExamples())
                    .isEqualTo(updates.stream()
                            .mapToLong(ClientUpdate::numExamples)
                            .sum());
            assertThat(summary.bytesUp()).isEqualTo(3 * global(whole, round).bytes());
            assertThat(updates)
                    .allMatch(u -> u.bytesUp() == global(whole, round).bytes());
        });
        assertThat(whole.rounds().stream().map(Round.Summary::adaptersSha256).distinct())
                .hasSize(4);
        assertThat(whole.metric("loss", 3).orElseThrow())
                .isLessThan(whole.metric("loss", 0).orElseThrow());
    }

    @Test
    void aRoundOnSparkEqualsAPlainLoopOverItsClients() {
        ServerState initial = state(workspace, whole, 0);
        PlainLoop plain = new PlainLoop(workspace, Tiny.experiment(), whole, initial);
        ClientSampler sampler = new ClientSampler(List.of(0, 1, 2, 3, 4), 3, 7);
        assertThat(whole.updates().get(1)).extracting(ClientUpdate::client).containsExactlyElementsOf(sampler.round(1));

        ServerState first = plain.round(initial, 1, sampler.round(1));
        ServerState second = plain.round(first, 2, sampler.round(2));

        assertThat(first.trainable().sha256()).isEqualTo(whole.rounds().get(1).adaptersSha256());
        assertThat(second.trainable().sha256()).isEqualTo(whole.rounds().get(2).adaptersSha256());
        assertThat(second.sha256()).isEqualTo(whole.rounds().get(2).stateSha256());
    }

    /** All clients' sums meet in a shuffle, and are those of a loop over the clients; rounds go on from what was committed. */
    @ParameterizedTest
    @ValueSource(strings = {"head.start=ridge", "head.start=class-means"})
    void aHeadIsSolvedBeforeTheFirstRoundAndStaysWhereItIsFrozen(String start) {
        String[] settings = {start, "training.head-learning-rate=frozen", "training.local-steps=3", ONE_ROUND};
        Results stopped = Tiny.train(workspace, start, settings);
        ServerState fresh = state(workspace, whole, 0);
        PlainLoop plain = new PlainLoop(workspace, stopped.experiment(), stopped, fresh);
        List<Integer> clients = List.of(0, 1, 2, 3, 4);

        ServerState solved = plain.solved(
                stopped.experiment(), fresh, clients, stopped.attempt().labels().size());

        assertThat(stopped.rounds().get(0).stateSha256()).isEqualTo(solved.sha256());
        assertThat(stopped.updates().get(0)).extracting(ClientUpdate::client).containsExactlyElementsOf(clients);
        assertThat(stopped.rounds().get(0).bytesUp()).isPositive();
        assertThat(stopped.rounds().get(0).bytesDown()).isPositive();
        assertThat(stopped.rounds().get(0).phaseSeconds()).containsKey("head");
        assertThat(stopped.evaluations().get(0))
                .filteredOn(
                        e -> e.split().equals("before_head_test") && e.metric().equals("accuracy"))
                .singleElement()
                // Not that accuracy rises: the head is chosen by the clients' held-out loss, and these weights are
                // random.
                .satisfies(e -> assertThat(e.value())
                        .isEqualTo(whole.metric("accuracy", 0).orElseThrow()));

        settings[3] = "federation.rounds=2";
        Results run = Tiny.train(workspace, start, settings);

        assertThat(run.rounds()).extracting(Round.Summary::attempt).containsExactly(1, 1, 2);
        for (int round = 1; round <= 2; round++) {
            List<ClientUpdate> updates = run.updates().get(round);
            PlainLoop.requireRoundOf(updates.stream().map(ClientUpdate::client).toList(), workspace, run, round);
            assertThat(updates).allSatisfy(update -> assertThat(update.steps()).isEqualTo(3));
            assertThat(global(run, round)
                            .where(name -> name.startsWith("classifier."))
                            .identity())
                    .isEqualTo(solved.trainable()
                            .where(name -> name.startsWith("classifier."))
                            .identity());
            assertThat(updates).allSatisfy(update -> assertThat(update.bytesUp())
                    .isEqualTo(solved.trainable()
                            .where(name -> name.contains("lora_"))
                            .bytes()));
        }
        long moved = run.rounds().get(0).bytesUp() + run.rounds().get(0).bytesDown();
        assertThat(Reports.targets(List.of(run))).isNotEmpty().allSatisfy(target -> assertThat(target.costs())
                .allSatisfy(cost -> assertThat(cost.bytes()).isGreaterThanOrEqualTo(moved)));
    }

    @Test
    void aScheduleOverTheWholeRunHoldsTheNumberOfRounds() {
        Tiny.train(workspace, "scheduled", "training.schedule=run", ONE_ROUND, "evaluation.every=9");

        assertThatThrownBy(() -> Tiny.train(workspace, "scheduled", "training.schedule=run"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("federation.rounds");
    }

    @Test
    void resumedRunEqualsUninterruptedRun() {
        Results stopped = Tiny.train(workspace, "parts", ONE_ROUND);
        assertThat(stopped.rounds()).hasSize(2);

        Results parts = Tiny.train(workspace, "parts");

        assertSameRounds(parts, whole);
        assertThat(parts.rounds()).extracting(Round.Summary::attempt).containsExactly(1, 1, 2, 2);
        assertThat(metrics(parts)).isEqualTo(metrics(whole));
        assertThat(losses(parts)).isEqualTo(losses(whole));
        assertThat(parts.rounds())
                .extracting(Round.Summary::bytesDown)
                .isEqualTo(whole.rounds().stream().map(Round.Summary::bytesDown).toList());
    }

    /** Stopped after each round: the plain loop goes on from what it has in memory, Spark from what it has stored. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "federation={rounds: 2, clients-per-round: 3, min-clients: 1, attempts: 2, deadline: 600,"
                        + " client: {kind: fedprox, mu: 0.1}, strategy: fedadam}",
                "federation={rounds: 2, clients-per-round: 3, min-clients: 3, attempts: 2, deadline: 600,"
                        + " aggregator: {kind: multi-krum, attackers: 0}, strategy: scaffold, update-precision: int8}",
                "federation={rounds: 2, clients-per-round: 3, min-clients: 1, attempts: 2, deadline: 600,"
                        + " aggregator: {kind: norm-bound, norm: 0.1}, strategy: rolora, update-precision: bf16}",
                "federation.strategy=fednova",
                "federation.strategy=frlora",
                "federation.strategy=rolora",
                "federation.strategy=fedsvd",
                "federation.strategy=fedex-lora",
                "federation.strategy=flexlora"
            })
    void everyAlgorithmIsOnSparkWhatItIsInAPlainLoopHoweverOftenItIsStopped(String algorithm) {
        String runId = "algorithm-" + algorithm.hashCode();
        Tiny.train(workspace, runId, algorithm, ONE_ROUND, "evaluation.every=9");
        Results run = Tiny.train(workspace, runId, algorithm, "federation.rounds=2", "evaluation.every=9");

        ServerState plain = state(workspace, run, 0);
        PlainLoop loop = new PlainLoop(workspace, run.experiment(), run, plain);
        for (int round = 1; round <= 2; round++) {
            List<ClientUpdate> updates = run.updates().get(round);
            assertThat(updates).hasSize(3).allMatch(ClientUpdate::ok);
            plain = loop.round(
                    plain,
                    round,
                    updates.stream().map(ClientUpdate::client).sorted().toList());
            assertThat(run.rounds().get(round).stateSha256()).isEqualTo(plain.sha256());
        }
        assertThat(run.last().attempt()).isEqualTo(2);
        assertThat(run.evaluations().get(2)).allMatch(metric -> Double.isFinite(metric.value()));
    }

    @Test
    void aRunThatHasItsRoundsIsLeftAsItIs() {
        Results again = Tiny.train(workspace, "whole", "federation.rounds=2", "evaluation.every=2");

        assertThat(again).isEqualTo(whole);
    }

    @Test
    void sameConfigurationSameAdaptersInAnotherWarehouse() {
        Workspace other = Tiny.empty(directory.resolve("another place"));
        Tiny.prepare(other, Tiny.experiment());

        Results run = Tiny.train(other, "another-name", ONE_ROUND);

        assertThat(run.last().adaptersSha256()).isEqualTo(whole.rounds().get(1).adaptersSha256());
        assertThat(run.attempt().dataFingerprint()).isEqualTo(whole.attempt().dataFingerprint());
        assertThat(run.attempt().partitionId()).isEqualTo(whole.attempt().partitionId());
        assertThat(run.attempt().modelSha256()).isEqualTo(whole.attempt().modelSha256());
    }

    @Test
    void aRoundThatIsNotDueIsNotEvaluatedButTheLastIs() {
        Results run = Tiny.train(workspace, "seldom", "evaluation.every=2");

        assertThat(run.evaluations()).containsOnlyKeys(0, 2, 3);
        assertSameRounds(run, whole);
    }

    @Test
    void theBestRoundIsChosenByExamplesOnWhichNobodyTrains() {
        Results run = Tiny.train(
                workspace,
                "validated",
                "evaluation.validation=0.3",
                "evaluation.every=3",
                "evaluation.clients-every=0");

        assertThat(run.evaluations()).containsOnlyKeys(0, 1, 2, 3);
        SortedMap<Integer, Double> values = BestRounds.validation(run.evaluations(), "accuracy");
        assertThat(values).containsOnlyKeys(0, 1, 2, 3);
        assertThat(run.best()).isEqualTo(BestRound.of(values)).isPresent();
        assertThat(run.metric("accuracy", 2)).as("the test split was not due").isEmpty();
        long held = run.evaluations().get(1).get(0).numExamples();
        assertThat(held).isBetween(30L, 90L);
        assertThat(clientMetrics(run)).as("clients are never evaluated each").isEmpty();
        assertThat(clientMetrics(whole)).as("nobody holds out anything").isEmpty();
        assertThat(run.updates().get(1)).allSatisfy(update -> assertThat(update.numExamples())
                .isLessThan(whole.updates().get(1).stream()
                        .filter(other -> other.client() == update.client())
                        .mapToLong(ClientUpdate::numExamples)
                        .sum()));
        Scoring scoring = new Scoring(workspace, "validated");
        int best = run.best().orElseThrow().round();
        assertThat(scoring.choose("--round", Optional.empty()).number()).isEqualTo(best);
        assertThat(scoring.choose("--round", Optional.of("best")).number()).isEqualTo(best);
        assertThat(scoring.choose("--round", Optional.of("last")).number()).isEqualTo(3);
        assertThat(scoring.choose("--round", Optional.of("1")).number()).isEqualTo(1);
        Scoring unvalidated = new Scoring(workspace, "whole");
        assertThat(unvalidated.choose("--round", Optional.empty()).number()).isEqualTo(3);
        assertThatThrownBy(() -> unvalidated.choose("--round", Optional.of("best")))
                .hasMessageContaining("has no validation examples to choose by");
        assertThatThrownBy(() -> unvalidated.choose("--round", Optional.of("bst")))
                .hasMessageContaining("--round must be the number of a round, best or last, got 'bst'");
    }

    /** Of so small a share a client has nothing that it holds out. */
    @Test
    void clientsAreEvaluatedEachByTheExamplesThatAddUpToTheValidationOfAll() {
        String[] settings = {"evaluation.validation=0.02", "evaluation.clients-every=2", "federation.rounds=3"};
        Results run = Tiny.train(workspace, "by-client", settings);

        HeldOut held = new HeldOut(0.02, 7);
        Map<Integer, Long> holds =
                workspace
                        .spark()
                        .read()
                        .parquet(Tiny.prepare(workspace, run.experiment()).directory())
                        .collectAsList()
                        .stream()
                        .filter(row -> held.has(row.getAs("text")))
                        .collect(Collectors.groupingBy(row -> row.getAs("client_id"), Collectors.counting()));
        assertThat(holds).hasSizeBetween(1, 4);
        Map<Integer, List<ClientEvaluation>> byRound = clientEvaluations(run, "accuracy");
        assertThat(byRound).containsOnlyKeys(0, 2, 3);
        byRound.forEach((round, clients) -> {
            assertThat(clients.stream()
                            .collect(Collectors.toMap(ClientEvaluation::client, ClientEvaluation::numExamples)))
                    .isEqualTo(holds);
            double correct = clients.stream()
                    .mapToDouble(client -> client.value() * client.numExamples())
                    .sum();
            long examples =
                    clients.stream().mapToLong(ClientEvaluation::numExamples).sum();
            assertThat(correct / examples).isEqualTo(run.validation(round).orElseThrow(), within(1e-12));
        });
        String report =
                new Reports(workspace).write("by-client", List.of(run)).toUri().getPath();
        assertThat(Path.of(report))
                .content()
                .contains("\"clients\":%d,\"leftOut\":%d".formatted(holds.size(), 5 - holds.size()));
        Tiny.train(workspace, "by-client-parts", settings[0], settings[1], "federation.rounds=2");
        assertThat(clientMetrics(Tiny.train(workspace, "by-client-parts", settings)))
                .isEqualTo(clientMetrics(run));
    }

    /** In local mode this process is the worker that has the clients. */
    @Test
    void residentClientsAreValidatedAndSolveAHeadAsTheyDoInTheWarehouse() {
        String[] settings = {"head.start=ridge", "evaluation.validation=0.3", ONE_ROUND, "partition.clients=5"};
        Results pooled = Tiny.train(workspace, "pooled", settings);
        String files = Tiny.prepare(workspace, pooled.experiment()).directory();
        Path site = Path.of(System.getenv(Resident.VARIABLE), "topics");
        FileUtil.fullyDelete(site.toFile());
        Tiny.copy(Path.of(files.substring("file:".length())), site);

        settings[3] = "partition={kind: resident, clients: 5}";
        Results resident = Tiny.train(workspace, "resident", settings);

        assertThat(resident.updates().get(0)).hasSize(5).allMatch(ClientUpdate::ok);
        assertThat(resident.rounds())
                .extracting(Round.Summary::stateSha256)
                .isEqualTo(
                        pooled.rounds().stream().map(Round.Summary::stateSha256).toList());
        assertThat(BestRounds.validation(resident.evaluations(), "accuracy"))
                .containsOnlyKeys(0, 1)
                .isEqualTo(BestRounds.validation(pooled.evaluations(), "accuracy"));
        assertThat(clientEvaluations(resident, "accuracy")).isEqualTo(clientEvaluations(pooled, "accuracy"));
        FileUtil.fullyDelete(site.toFile());
    }

    /** With so small a rate no round is better than the start. */
    @Test
    void aRunEndsWhereItIsOutOfPatienceAlsoIfItIsStoppedBefore() {
        String[] settings = {
            "evaluation.validation=0.3", "federation.patience=2", "training.learning-rate=1e-12", "federation.rounds=5"
        };
        Results early = Tiny.train(workspace, "early", settings);

        assertThat(early.last().number()).isEqualTo(2);
        Tiny.train(workspace, "early-parts", settings[0], settings[1], settings[2], "federation.rounds=1");
        Results parts = Tiny.train(workspace, "early-parts", settings);
        assertThat(parts.last().number()).isEqualTo(2);
        assertThat(parts.last().adaptersSha256()).isEqualTo(early.last().adaptersSha256());
        assertThat(Tiny.train(workspace, "early", settings)).isEqualTo(early);
        assertThat(RunStatus.all(workspace))
                .filteredOn(status -> status.runId().equals("early"))
                .singleElement()
                .satisfies(status -> assertThat(status.state()).isEqualTo(RunStatus.State.FINISHED));
        assertThat(Tiny.train(workspace, "early", settings[0], settings[2], settings[3])
                        .last()
                        .number())
                .as("without patience it goes on")
                .isEqualTo(5);
    }

    @Test
    void aClientThatFailsIsRecordedAndTheRoundGoesOnWithTheOthers() {
        Workspace damaged = Tiny.prepared(directory.resolve("damaged"));
        String partition = Tiny.prepare(damaged, Tiny.experiment()).directory();
        FileUtil.fullyDelete(
                Path.of(partition.substring("file:".length()), "client_id=2").toFile());

        Results run = Tiny.train(damaged, "run", ONE_ROUND, "federation.clients-per-round=5");

        List<ClientUpdate> updates = run.updates().get(1);
        assertThat(updates).extracting(ClientUpdate::client).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(updates).filteredOn(update -> !update.ok()).singleElement().satisfies(failed -> {
            assertThat(failed.client()).isEqualTo(2);
            assertThat(failed.error()).startsWith("client 2 has no files in ");
            assertThat(failed.numExamples()).isZero();
            assertThat(failed.bytesUp()).isZero();
        });
        assertThat(run.last().clients()).isEqualTo(5);
        assertThat(run.last().failedClients()).isEqualTo(1);
        assertThat(run.last().trainLoss()).isFinite();
        ServerState initial = state(damaged, run, 0);
        ServerState expected =
                new PlainLoop(damaged, Tiny.experiment(), run, initial).round(initial, 1, List.of(0, 1, 3, 4));
        assertThat(run.last().adaptersSha256()).isEqualTo(expected.trainable().sha256());
    }

    @Test
    void aRoundInWhichAllClientsFailEndsTheRunWithOneMessage() {
        Workspace damaged = Tiny.prepared(directory.resolve("destroyed"));
        String partition = Tiny.prepare(damaged, Tiny.experiment()).directory();
        FileUtil.fullyDelete(Path.of(partition.substring("file:".length())).toFile());

        assertThatThrownBy(() -> Tiny.train(damaged, "run", ONE_ROUND))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("round 1: 0 of 3 clients trained, federation.min-clients is 1; client ")
                .hasMessageContaining("has no files in " + partition)
                .hasMessageNotContaining("\n");

        assertThat(Results.of(damaged, "run").last().number()).isZero();
    }

    private static void assertSameRounds(Results actual, Results expected) {
        assertThat(actual.rounds())
                .extracting(Round.Summary::adaptersSha256)
                .isEqualTo(expected.rounds().stream()
                        .map(Round.Summary::adaptersSha256)
                        .toList());
    }

    /** Values of all evaluations, by round and metric. */
    private static Map<String, Double> metrics(Results run) {
        Map<String, Double> values = new TreeMap<>();
        run.evaluations().forEach((round, metrics) -> metrics.forEach(m -> values.put(round + m.metric(), m.value())));
        return values;
    }

    /** What each client was evaluated to, by round. */
    private static Map<Integer, List<ClientEvaluation>> clientEvaluations(Results run, String metric) {
        Map<Integer, List<ClientEvaluation>> byRound =
                new RunStore(workspace.tables(), run.runId()).clientEvaluations(run.rounds(), metric);
        byRound.replaceAll((round, clients) -> clients.stream()
                .sorted(Comparator.comparingInt(ClientEvaluation::client))
                .toList());
        return byRound;
    }

    private static List<Map<Integer, List<ClientEvaluation>>> clientMetrics(Results run) {
        return Stream.of("accuracy", "macro_f1", "loss")
                .map(metric -> clientEvaluations(run, metric))
                .filter(byRound -> !byRound.isEmpty())
                .toList();
    }

    /** What clients tell of their training besides its seconds, by round and client. */
    private static Map<String, List<Double>> losses(Results run) {
        Map<String, List<Double>> losses = new TreeMap<>();
        run.updates()
                .forEach((round, updates) -> updates.forEach(u ->
                        losses.put(round + "/" + u.client(), List.of(u.lossFirst(), u.lossMean(), u.lossLast(), (double)
                                u.numExamples()))));
        return losses;
    }

    private static TensorMap global(Results run, int round) {
        return state(workspace, run, round).trainable();
    }

    private static ServerState state(Workspace workspace, Results run, int round) {
        return new RunStore(workspace.tables(), run.runId()).state(run.rounds().get(round));
    }
}
