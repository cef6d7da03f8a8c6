package federa.pipeline;

import federa.federated.Aggregate;
import federa.federated.ClientExecutor;
import federa.federated.ClientRound;
import federa.federated.ClientWork;
import federa.federated.FederatedAlgorithm;
import federa.federated.ServerState;
import federa.federated.UpdatePrecision;
import federa.task.Task;
import federa.train.LocalTraining;
import federa.udf.RunContext;
import federa.udf.RunContext.Clients;
import federa.udf.Slices;
import federa.udf.TrainClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A round's clients as Spark tasks, one each; their updates meet in a shuffle. Gives the bits of {@link
 * federa.federated.InProcessClients}.
 */
final class SparkClients implements ClientExecutor, AutoCloseable {

    private final Workspace workspace;
    private final Clients clients;
    private final Task task;
    private final LocalTraining training;
    private final UpdatePrecision precision;
    private final int rounds;
    private final long seed;
    private final Duration deadline;
    private final Optional<Sites> sites;
    private final CohortChunks chunks;
    private final StateBroadcasts states;
    private final Optional<ResourceProfile> profile;
    private final Broadcast<RunContext> context;
    private final Broadcast<SerializableConfiguration> hadoop;
    private final ClientAffinity affinity = new ClientAffinity();

    /**
     * Clients of a run.
     *
     * @param run what all its tasks need
     * @param training settings of local training
     * @param precision of what they send
     * @param rounds of the run in all
     * @param deadline how long the clients of a round have
     * @param sites where resident clients are; nothing if clients may train anywhere
     * @param chunks of a round's cohort
     * @param states the broadcasts of the server's states; they stay the caller's
     */
    SparkClients(
            Workspace workspace,
            RunContext run,
            LocalTraining training,
            UpdatePrecision precision,
            int rounds,
            Clients clients,
            Duration deadline,
            Optional<Sites> sites,
            CohortChunks chunks,
            StateBroadcasts states) {
        this.workspace = workspace;
        this.clients = clients;
        this.training = training;
        this.precision = precision;
        this.rounds = rounds;
        task = run.task();
        seed = run.seed();
        this.deadline = deadline;
        this.sites = sites;
        this.chunks = chunks;
        this.states = states;
        profile = run.placement().profile();
        context = workspace.context().broadcast(run);
        hadoop = workspace.broadcastHadoop();
    }

    @Override
    public Aggregate train(List<Integer> cohort, FederatedAlgorithm algorithm, ServerState state, int round) {
        return perform(cohort, new ClientRound(task, training, algorithm, precision, seed, round, rounds), state);
    }

    @Override
    public Aggregate perform(List<Integer> cohort, ClientWork work, ServerState state) {
        // Where Spark shares its cores fairly, a commit gets the next free one and does not wait for all clients.
        workspace.context().setLocalProperty("spark.scheduler.pool", "train");
        try {
            Slices slices = Slices.of(work.aggregator(), cohort.size());
            TrainClient inTask = new TrainClient(
                    context,
                    clients,
                    new TrainClient.Round(
                            work, states.of(state), slices, Instant.now().plus(deadline)),
                    hadoop);
            Slices met = new Slices(work.aggregator(state), slices.elements());
            Aggregate aggregate = chunks.aggregate(cohort, work.sent(state), met, chunk -> {
                workspace.describe("round %d: %s %d clients".formatted(work.round(), work.described(), chunk.size()));
                return placed(chunk).flatMapToPair(inTask);
            });
            aggregate
                    .trained()
                    .forEach(update ->
                            affinity.trained(update.client(), PlacedTasks.place(update.host(), update.executor())));
            return aggregate;
        } finally {
            workspace.context().setLocalProperty("spark.scheduler.pool", null);
            workspace.describe(null);
        }
    }

    /** The clients, one per task, each where it must be or prefers to be. */
    private JavaRDD<Integer> placed(List<Integer> cohort) {
        JavaRDD<Integer> placed = sites.map(at -> at.place(cohort)).orElseGet(() -> preferred(cohort));
        return profile.map(placed::withResources).orElse(placed);
    }

    private JavaRDD<Integer> preferred(List<Integer> cohort) {
        Map<Integer, String> preferred = affinity.preferred(cohort, workspace.executors());
        return PlacedTasks.of(
                workspace.spark().sparkContext(), cohort, client -> Optional.ofNullable(preferred.get(client)).stream()
                        .toList());
    }

    @Override
    public void close() {
        context.destroy();
    }
}
