package federa.pipeline;

import static org.apache.spark.sql.functions.col;

import federa.config.Experiment;
import federa.federated.ServerState;
import federa.store.Round.ClientEvaluation;
import federa.store.Round.Evaluation;
import federa.task.Score;
import federa.udf.HeldOutRows;
import federa.udf.MeasureRows;
import federa.udf.RunContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Evaluates a global model on the test or train split, or on the clients' validation examples, as a Spark job. */
final class Evaluator implements AutoCloseable {

    /** Smaller tasks than cores, so that a slow one does not keep the others waiting. */
    static final int TASKS_PER_CORE = 2;

    private final Workspace workspace;
    private final RunContext run;
    private final Experiment.Evaluation settings;
    private final String split;
    private final boolean onClients;
    private final Supplier<Dataset<Row>> source;
    private final Broadcast<RunContext> context;

    private Evaluator(
            Workspace workspace,
            RunContext run,
            Experiment.Evaluation settings,
            String split,
            boolean onClients,
            Supplier<Dataset<Row>> source) {
        this.workspace = workspace;
        this.run = run;
        this.settings = settings;
        this.split = split;
        this.onClients = onClients;
        this.source = source;
        context = workspace.context().broadcast(run);
    }

    /** On a split of the data set, which is kept in the executors' memory; when it is due. */
    static Evaluator onSplit(
            Workspace workspace, RunContext run, Experiment.Evaluation settings, String split, Datasets.Stored data) {
        List<String> needed = new ArrayList<>(List.of("id"));
        needed.addAll(run.task().inputs());
        needed.addAll(run.task().truths());
        Dataset<Row> examples = data.split(split)
                .select(needed.stream().map(name -> col(name)).toArray(Column[]::new))
                // The same order in every process: a batch's other texts show in the last bits of a probability.
                .repartition(workspace.parallelism() * TASKS_PER_CORE, col("id"))
                .sortWithinPartitions("id")
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new Evaluator(workspace, run, settings, split, false, () -> examples);
    }

    /** On what clients hold out of their training, in every round; nothing if they hold out nothing. */
    static Evaluator onClients(
            Workspace workspace, RunContext run, Experiment.Evaluation settings, ValidationExamples examples) {
        return new Evaluator(workspace, run, settings, BestRounds.VALIDATION, true, examples.of(run.task()));
    }

    /**
     * The task's metrics of a model.
     *
     * @param all on all examples together; empty if there are none, as data that a program gave may have
     * @param byClient on each client's own, by one pass of the model over all of them, in the order of the clients; who holds
     *     out nothing is left out
     */
    record Measured(List<Evaluation> all, List<ClientEvaluation> byClient) {

        static final Measured NOTHING = new Measured(List.of(), List.of());
    }

    /** What is due after the round. */
    Measured evaluateIfDue(Broadcast<ServerState> state, int round, int last) {
        boolean due = onClients ? settings.validation() > 0 : settings.due(round, last);
        if (!due) {
            return Measured.NOTHING;
        }
        boolean byClient = onClients && settings.clientsDue(round, last);
        return measure(state, round, byClient ? List.of(HeldOutRows.CLIENT) : List.of());
    }

    /** The metrics on all examples together. */
    List<Evaluation> evaluate(Broadcast<ServerState> state, int round) {
        return measure(state, round, List.of()).all();
    }

    /**
     * Measures a model.
     *
     * @param further columns that are read besides the task's
     */
    private Measured measure(Broadcast<ServerState> state, int round, List<String> further) {
        long start = System.nanoTime();
        workspace.describe("round %d: evaluate on %s".formatted(round, split));
        Dataset<Row> examples = source.get();
        try {
            List<MeasureRows.Part> parts = examples.javaRDD()
                    .mapPartitions(new MeasureRows(
                            context,
                            state,
                            columns(examples, further),
                            settings.batchSize(),
                            workspace.broadcastHadoop()))
                    .collect();
            long count = parts.stream().mapToLong(MeasureRows.Part::rows).sum();
            if (count == 0) {
                return Measured.NOTHING;
            }
            Score score = run.task().score(run.labels());
            parts.forEach(part -> score.add(part.score())); // in the order of the partitions, for the same last bits
            double seconds = (System.nanoTime() - start) / 1e9;
            List<Evaluation> evaluations = new ArrayList<>();
            score.metrics()
                    .forEach((name, value) -> evaluations.add(new Evaluation(split, name, value, count, seconds)));
            return new Measured(evaluations, byClient(parts));
        } finally {
            workspace.describe(null);
        }
    }

    private static List<ClientEvaluation> byClient(List<MeasureRows.Part> parts) {
        return parts.stream()
                .flatMap(part -> part.clients().stream())
                .sorted(Comparator.comparingInt(MeasureRows.OfClient::client))
                .flatMap(client -> client.metrics().entrySet().stream()
                        .map(metric -> new ClientEvaluation(
                                client.client(), metric.getKey(), metric.getValue(), client.rows())))
                .toList();
    }

    private Map<String, Integer> columns(Dataset<Row> examples, List<String> further) {
        Map<String, Integer> places = new TreeMap<>();
        Stream.of(run.task().inputs(), run.task().truths(), further)
                .flatMap(List::stream)
                .forEach(column -> places.put(column, examples.schema().fieldIndex(column)));
        return places;
    }

    @Override
    public void close() {
        source.get().unpersist();
        context.destroy();
    }
}
