package federa.pipeline;

import static org.apache.spark.sql.functions.col;

import federa.config.Experiment;
import federa.federated.ServerState;
import federa.store.Round.Evaluation;
import federa.task.Score;
import federa.udf.MeasureRows;
import federa.udf.RunContext;
import java.util.ArrayList;
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
    private final boolean everyRound;
    private final Supplier<Dataset<Row>> source;
    private final Broadcast<RunContext> context;

    private Evaluator(
            Workspace workspace,
            RunContext run,
            Experiment.Evaluation settings,
            String split,
            boolean everyRound,
            Supplier<Dataset<Row>> source) {
        this.workspace = workspace;
        this.run = run;
        this.settings = settings;
        this.split = split;
        this.everyRound = everyRound;
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

    /** The metrics, or nothing if the round is not to be evaluated. */
    List<Evaluation> evaluateIfDue(Broadcast<ServerState> state, int round, int last) {
        boolean due = everyRound ? settings.validation() > 0 : settings.due(round, last);
        return due ? evaluate(state, round) : List.of();
    }

    /** The task's metrics of the model on the split; none if it has no rows, as data that a program gave may have. */
    List<Evaluation> evaluate(Broadcast<ServerState> state, int round) {
        long start = System.nanoTime();
        workspace.describe("round %d: evaluate on %s".formatted(round, split));
        Dataset<Row> examples = source.get();
        try {
            List<MeasureRows.Part> parts = examples.javaRDD()
                    .mapPartitions(new MeasureRows(
                            context, state, columns(examples), settings.batchSize(), workspace.broadcastHadoop()))
                    .collect();
            long count = parts.stream().mapToLong(MeasureRows.Part::rows).sum();
            if (count == 0) {
                return List.of();
            }
            Score score = run.task().score(run.labels());
            parts.forEach(part -> score.add(part.score())); // in the order of the partitions, for the same last bits
            double seconds = (System.nanoTime() - start) / 1e9;
            List<Evaluation> evaluations = new ArrayList<>();
            score.metrics()
                    .forEach((name, value) -> evaluations.add(new Evaluation(split, name, value, count, seconds)));
            return evaluations;
        } finally {
            workspace.describe(null);
        }
    }

    private Map<String, Integer> columns(Dataset<Row> examples) {
        Map<String, Integer> places = new TreeMap<>();
        Stream.concat(run.task().inputs().stream(), run.task().truths().stream())
                .forEach(column -> places.put(column, examples.schema().fieldIndex(column)));
        return places;
    }

    @Override
    public void close() {
        source.get().unpersist();
        context.destroy();
    }
}
