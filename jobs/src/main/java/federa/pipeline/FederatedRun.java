package federa.pipeline;

import federa.config.Experiment.Federation;
import federa.federated.ClientSampler;
import federa.partition.Homes;
import federa.store.Round;
import federa.store.Round.ClientUpdate;
import federa.store.Round.Evaluation;
import federa.store.RunLease;
import federa.store.RunStore;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.udf.ClientReport;
import federa.udf.FoldUpdates.Folded;
import federa.udf.RunContext;
import federa.udf.RunContext.Clients;
import federa.udf.TrainClient;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The round loop. A round: sample clients, send them the global model, train each in a task of its own, fold their
 * updates into the next global model, evaluate, commit. The last two of a round and the first of the next one go on at
 * the same time.
 *
 * <p>Everything random is a function of (seed, round, client) and updates are folded in the order of the clients, so a
 * run that was killed and resumed ends with the same bits as one that was not.
 */
final class FederatedRun {

    private static final Logger LOG = LoggerFactory.getLogger(FederatedRun.class);

    private final Workspace workspace;
    private final RunStore store;
    private final RunLease lease;
    private final RunContext run;
    private final Clients clients;
    private final Federation federation;
    private final Optional<Sites> sites;
    private final ClientSampler sampler;
    private final Evaluator evaluator;
    private final RoundMetrics metrics;
    private final long anchorBytes;
    private final Optional<ResourceProfile> profile;
    private final Waves waves;
    private final Homes homes = new Homes();

    /** When the commit of the last round began; the commits' own. */
    private long lastCommit;

    FederatedRun(
            Workspace workspace,
            RunStore store,
            RunLease lease,
            RunContext run,
            Clients clients,
            Federation federation,
            Optional<Sites> sites,
            ClientSampler sampler,
            Evaluator evaluator,
            RoundMetrics metrics) {
        this.workspace = workspace;
        this.store = store;
        this.lease = lease;
        this.run = run;
        this.clients = clients;
        this.federation = federation;
        this.sites = sites;
        this.sampler = sampler;
        this.evaluator = evaluator;
        this.metrics = metrics;
        this.anchorBytes = run.anchor().bytes();
        this.profile = run.placement().profile();
        this.waves = Waves.ofAttempt(workspace, run.runId(), lease.attempt());
    }

    /**
     * Commits the state before training as round 0, then runs and commits {@code last} rounds.
     *
     * @param initial the model of round 0
     */
    void start(TensorMap initial, int last) {
        try (Commits commits = commits()) {
            Phases phases = new Phases();
            commits.add(() -> finish(0, last, new Trained(initial, List.of()), 0, phases));
            rounds(commits, initial, 0, last);
        }
    }

    /**
     * Runs and commits the rounds after {@code done} up to {@code last}.
     *
     * @param global the model after round {@code done}
     */
    void resume(TensorMap global, int done, int last) {
        try (Commits commits = commits()) {
            rounds(commits, global, done, last);
        }
    }

    private Commits commits() {
        lastCommit = System.nanoTime();
        return run.placement().sparesCores()
                ? new Commits.BesideTraining(() -> workspace.context().cancelJobGroup(Training.jobGroup(run.runId())))
                : new Commits.BetweenRounds();
    }

    private void rounds(Commits commits, TensorMap global, int done, int last) {
        Set<Integer> seen = new HashSet<>();
        for (int round = 1; round <= done; round++) {
            seen.addAll(sampler.round(round));
        }
        Broadcast<RunContext> context = workspace.context().broadcast(run);
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        try {
            TensorMap current = global;
            for (int number = done + 1; number <= last; number++) {
                int round = number;
                TensorMap sent = current;
                List<Integer> sampled = sampler.round(round);
                Phases phases = new Phases();
                Trained trained = phases.time("train", () -> train(round, sampled, sent, context, hadoop));
                long bytesDown = sampled.size() * sent.bytes()
                        + sampled.stream().filter(seen::add).count() * anchorBytes;
                commits.add(() -> finish(round, last, trained, bytesDown, phases));
                current = trained.global();
            }
            commits.await();
        } catch (Exception e) { // Scala declares nothing
            commits.await(); // a commit that failed has cancelled the training, and is what to tell
            throw e;
        } finally {
            context.destroy();
            hadoop.destroy();
        }
    }

    /** Evaluates and commits a round. */
    private void finish(int round, int last, Trained trained, long bytesDown, Phases phases) {
        List<Evaluation> evaluations =
                phases.time("evaluate", () -> evaluator.evaluateIfDue(trained.global(), round, last));
        double seconds = sinceLastCommit();
        Round result = new Round(
                round, trained.global(), trained.updates(), evaluations, bytesDown, seconds, phases.seconds());
        commit(result);
        LOG.info(
                "round={}/{} {}{}seconds={}",
                round,
                last,
                describe(result),
                describe(evaluations),
                "%.1f".formatted(seconds));
    }

    /**
     * Seconds since the commit of the round before began, or this attempt. From begin to begin, because a round's row
     * cannot say how long it took to write it.
     */
    private double sinceLastCommit() {
        long now = System.nanoTime();
        double seconds = (now - lastCommit) / 1e9;
        lastCommit = now;
        return seconds;
    }

    private void commit(Round round) {
        workspace.describe("round %d: commit".formatted(round.number()));
        metrics.show(store.commit(round, lease), round.evaluations());
        workspace.describe(null);
        round.updates()
                .forEach(update -> LOG.debug(
                        "round={} client={} status={} examples={} steps={} loss={} seconds={} host={} device={}",
                        round.number(),
                        update.client(),
                        update.status(),
                        update.numExamples(),
                        update.steps(),
                        "%.4f".formatted(update.lossMean()),
                        "%.1f".formatted(update.seconds()),
                        update.host(),
                        update.device()));
    }

    /** The global model after a round, and what its clients reported. */
    private record Trained(TensorMap global, List<ClientUpdate> updates) {}

    private void requireQuorum(List<ClientUpdate> updates, int round) {
        List<ClientUpdate> failed =
                updates.stream().filter(update -> !update.ok()).toList();
        int trained = updates.size() - failed.size();
        if (trained < federation.minClients()) {
            throw new IllegalStateException(
                    "round %d: %d of %d clients trained, federation.min-clients is %d; client %d failed with: %s"
                            .formatted(
                                    round,
                                    trained,
                                    updates.size(),
                                    federation.minClients(),
                                    failed.get(0).client(),
                                    failed.get(0).error()));
        }
    }

    private Trained train(
            int round,
            List<Integer> sampled,
            TensorMap global,
            Broadcast<RunContext> context,
            Broadcast<SerializableConfiguration> hadoop) {
        // Where Spark shares its cores fairly, a commit gets the next free one and does not wait for all clients.
        workspace.context().setLocalProperty("spark.scheduler.pool", "train");
        Broadcast<TensorMap> model = workspace.context().broadcast(global);
        Instant deadline = Instant.now().plusSeconds(federation.deadline());
        try {
            TrainClient task = new TrainClient(context, clients, model, round, deadline, hadoop);
            Folded folded = waves.fold(
                    sampled, global.asMap().values().stream().map(Tensor::shape).toList(), wave -> {
                        workspace.describe("round %d: train %d clients".formatted(round, wave.size()));
                        return placed(wave).flatMapToPair(task);
                    });
            folded.reports().stream()
                    .filter(report -> report.error() == null)
                    .forEach(report ->
                            homes.trained(report.client(), PlacedTasks.place(report.host(), report.executor())));
            List<ClientUpdate> updates =
                    folded.reports().stream().map(FederatedRun::update).toList();
            requireQuorum(updates, round);
            return new Trained(next(round, global, folded.means()), updates);
        } finally {
            model.destroy();
            workspace.context().setLocalProperty("spark.scheduler.pool", null);
            workspace.describe(null);
        }
    }

    /** The next global model: the means, which must be those of the tensors that were sent out. */
    private static TensorMap next(int round, TensorMap global, Map<String, Tensor> means) {
        TensorMap next = new TensorMap(means);
        global.requireSameShapes(next, "the average of round " + round);
        return next;
    }

    /** The clients, one per task, each where it must be or prefers to be. */
    private JavaRDD<Integer> placed(List<Integer> sampled) {
        JavaRDD<Integer> placed = sites.map(at -> at.place(sampled)).orElseGet(() -> atHome(sampled));
        return profile.map(placed::withResources).orElse(placed);
    }

    private JavaRDD<Integer> atHome(List<Integer> sampled) {
        Map<Integer, String> preferred = homes.of(sampled, workspace.executors());
        return PlacedTasks.of(
                workspace.spark().sparkContext(), sampled, client -> Optional.ofNullable(preferred.get(client)).stream()
                        .toList());
    }

    private static ClientUpdate update(ClientReport report) {
        return new ClientUpdate(
                report.client(),
                report.error() == null ? ClientUpdate.OK : ClientUpdate.FAILED,
                report.numExamples(),
                report.steps(),
                report.lossFirst(),
                report.lossMean(),
                report.lossLast(),
                report.seconds(),
                report.bytesUp(),
                report.host(),
                report.arch(),
                report.executor(),
                report.device(),
                report.starts(),
                report.error());
    }

    /** What a round trained; the start trains nothing. */
    private static String describe(Round round) {
        return round.updates().isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "clients=%d/%d examples=%d train_loss=%.4f ",
                        round.trained().size(),
                        round.updates().size(),
                        round.numExamples(),
                        round.trainLoss());
    }

    private static String describe(List<Evaluation> evaluations) {
        StringBuilder text = new StringBuilder();
        evaluations.forEach(e -> text.append(String.format(Locale.ROOT, "%s=%.4f ", e.metric(), e.value())));
        return text.toString();
    }
}
