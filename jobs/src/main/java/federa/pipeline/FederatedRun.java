package federa.pipeline;

import federa.federated.ClientSampler;
import federa.store.Round;
import federa.store.Round.ClientUpdate;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import federa.udf.ClientReport;
import federa.udf.FoldUpdates;
import federa.udf.FoldUpdates.Folded;
import federa.udf.RunContext;
import federa.udf.RunContext.Clients;
import federa.udf.TrainClient;
import federa.udf.UpdateKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The round loop. A round: sample clients, send them the global model, train each in a task of its own, fold their
 * updates into the next global model, evaluate, commit.
 *
 * <p>Everything random is a function of (seed, round, client) and updates are folded in the order of the clients, so a
 * run that was killed and resumed ends with the same bits as one that was not.
 */
final class FederatedRun {

    private static final Logger LOG = LoggerFactory.getLogger(FederatedRun.class);

    private final Workspace workspace;
    private final RunStore store;
    private final int attempt;
    private final RunContext run;
    private final Clients clients;
    private final Placement placement;
    private final ClientSampler sampler;
    private final Evaluator evaluator;
    private final long anchorBytes;

    FederatedRun(
            Workspace workspace,
            RunStore store,
            int attempt,
            RunContext run,
            Clients clients,
            Placement placement,
            ClientSampler sampler,
            Evaluator evaluator) {
        this.workspace = workspace;
        this.store = store;
        this.attempt = attempt;
        this.run = run;
        this.clients = clients;
        this.placement = placement;
        this.sampler = sampler;
        this.evaluator = evaluator;
        this.anchorBytes = run.anchor().bytes();
    }

    /** Commits the state before training, evaluated, as round 0. */
    void start(TensorMap initial) {
        Phases phases = new Phases();
        List<Evaluation> evaluations = phases.time("evaluate", () -> evaluator.evaluate(initial, 0));
        store.commit(new Round(0, initial, List.of(), evaluations, 0, phases.total(), phases.seconds()), attempt);
        LOG.info("round=0 {} seconds={}", describe(evaluations), "%.1f".formatted(phases.total()));
    }

    /**
     * Runs and commits the rounds after {@code done} up to {@code last}.
     *
     * @param global the model after round {@code done}
     * @return the model after the last round
     */
    TensorMap run(TensorMap global, int done, int last) {
        Set<Integer> seen = new HashSet<>();
        for (int round = 1; round <= done; round++) {
            seen.addAll(sampler.round(round));
        }
        Broadcast<RunContext> context = workspace.context().broadcast(run);
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        try {
            TensorMap current = global;
            for (int round = done + 1; round <= last; round++) {
                current = round(round, last, current, seen, context, hadoop);
            }
            return current;
        } finally {
            context.destroy();
            hadoop.destroy();
        }
    }

    private TensorMap round(
            int round,
            int last,
            TensorMap global,
            Set<Integer> seen,
            Broadcast<RunContext> context,
            Broadcast<SerializableConfiguration> hadoop) {
        Phases phases = new Phases();
        List<Integer> sampled = sampler.round(round);
        Trained trained = phases.time("train", () -> train(round, sampled, global, context, hadoop));
        TensorMap next = trained.next(global, round);
        List<Evaluation> evaluations = phases.time("evaluate", () -> evaluator.evaluateIfDue(next, round, last));
        long bytesDown = sampled.size() * global.bytes()
                + sampled.stream().filter(seen::add).count() * anchorBytes;
        Round result =
                new Round(round, next, trained.updates(), evaluations, bytesDown, phases.total(), phases.seconds());
        long start = System.nanoTime();
        store.commit(result, attempt);
        LOG.info(
                "round={}/{} clients={}/{} examples={} loss={} {} seconds={} commit={}",
                round,
                last,
                result.trained().size(),
                sampled.size(),
                result.numExamples(),
                "%.4f".formatted(result.trainLoss()),
                describe(evaluations),
                "%.1f".formatted(result.seconds()),
                "%.1f".formatted((System.nanoTime() - start) / 1e9));
        return next;
    }

    private record Trained(Map<String, Tensor> means, List<ClientUpdate> updates) {

        /** The next global model: the means, which must be those of the tensors that were sent out. */
        TensorMap next(TensorMap global, int round) {
            if (updates.stream().noneMatch(ClientUpdate::ok)) {
                throw new IllegalStateException("round %d: all %d clients failed, the first with: %s"
                        .formatted(round, updates.size(), updates.get(0).error()));
            }
            TensorMap next = new TensorMap(means);
            global.requireSameShapes(next, "the average of round " + round);
            return next;
        }
    }

    private Trained train(
            int round,
            List<Integer> sampled,
            TensorMap global,
            Broadcast<RunContext> context,
            Broadcast<SerializableConfiguration> hadoop) {
        workspace.describe("round %d: train %d clients".formatted(round, sampled.size()));
        Broadcast<TensorMap> model = workspace.context().broadcast(global);
        try {
            int reducers = Math.min(workspace.parallelism(), global.asMap().size());
            // One client per task. The shuffle brings all clients' parts of a tensor together, in the order of the
            // clients, without any of them passing the driver.
            List<Folded> folded = placement
                    .place(sampled)
                    .flatMapToPair(new TrainClient(context, clients, model, round, hadoop))
                    .repartitionAndSortWithinPartitions(new UpdateKey.ByTensor(reducers))
                    .mapPartitions(new FoldUpdates())
                    .collect();
            Map<String, Tensor> means = new TreeMap<>();
            List<ClientUpdate> updates = new ArrayList<>();
            for (Folded part : folded) {
                if (part.isReport()) {
                    updates.add(update(part.report()));
                } else {
                    means.put(part.name(), part.mean());
                }
            }
            updates.sort(Comparator.comparingInt(ClientUpdate::client));
            return new Trained(means, updates);
        } finally {
            model.destroy();
            workspace.describe(null);
        }
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
                report.device(),
                report.error());
    }

    private static String describe(List<Evaluation> evaluations) {
        StringBuilder text = new StringBuilder();
        evaluations.forEach(e -> text.append("%s=%.4f ".formatted(e.metric(), e.value())));
        return text.toString().strip();
    }
}
