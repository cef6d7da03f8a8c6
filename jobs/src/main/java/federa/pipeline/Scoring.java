package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.ModelRef;
import federa.federated.BestRound;
import federa.federated.ServerState;
import federa.spi.InvalidInputException;
import federa.store.Round;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import federa.store.RunTables;
import federa.task.Task;
import federa.tensor.TensorMap;
import federa.udf.Placement;
import federa.udf.PredictionColumns;
import federa.udf.RunContext;
import federa.udf.ScoreRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A trained run put to use: evaluation on a split, predictions for any table. */
public final class Scoring {

    private static final Logger LOG = LoggerFactory.getLogger(Scoring.class);
    private static final String BEST = "best";
    private static final String LAST = "last";

    private final Workspace workspace;
    private final RunStore store;
    private final Results results;
    private final Experiment experiment;
    private Sent sent;

    /**
     * Opens a run.
     *
     * @throws InvalidInputException if there is none with a committed round
     */
    public Scoring(Workspace workspace, String runId) {
        this.workspace = workspace;
        store = new RunStore(workspace.tables(), runId);
        results = Results.of(workspace, runId);
        experiment = ExperimentFile.ofYaml(results.attempt().config());
    }

    /** The last committed round. */
    public Round.Summary last() {
        return results.last();
    }

    /** The metrics of a committed round's model on a split. */
    public List<Evaluation> evaluate(Round.Summary round, String split) {
        Datasets.Stored data = new Datasets(workspace).open(results.attempt().dataset());
        if (data.split(split).isEmpty()) {
            throw new InvalidInputException("the data set %s has no rows in the split '%s'; there are train and test"
                    .formatted(data.name(), split));
        }
        try (StateBroadcasts states = new StateBroadcasts(workspace);
                Evaluator evaluator = Evaluator.onSplit(workspace, context(), experiment.evaluation(), split, data)) {
            return evaluator.evaluate(states.of(store.state(round)), round.number());
        }
    }

    /** A committed round by its number. */
    public Round.Summary round(int number) {
        return results.rounds().stream()
                .filter(round -> round.number() == number)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "run %s has the rounds 0 to %d, not %d".formatted(results.runId(), last().number(), number)));
    }

    /**
     * A committed round as a user names it; says in the log which one was chosen and why, if nobody did.
     *
     * @param key option or param that names it, for messages
     * @param named a number, {@code best} by the validation examples, or {@code last}; nothing for the best of a run that has
     *     such examples and the last of one that has none
     * @throws InvalidInputException if there is no such round, or it is none of these
     */
    public Round.Summary choose(String key, Optional<String> named) {
        Optional<BestRound> best = results.best();
        String name = named.orElse(best.isPresent() ? BEST : LAST);
        if (name.equals(LAST)) {
            return last();
        }
        if (!name.equals(BEST)) {
            return round(number(key, name));
        }
        BestRound chosen = best.orElseThrow(() -> new InvalidInputException(
                "%s best: run %s has no validation examples to choose by; train one with evaluation.validation=0.1, or name a round"
                        .formatted(key, results.runId())));
        if (named.isEmpty() && chosen.round() != last().number()) {
            LOG.info(
                    "run {}: round {} of {} is used, the best on the validation examples ({} {}); {} last for the last one",
                    results.runId(),
                    chosen.round(),
                    last().number(),
                    results.metric(),
                    "%.4f".formatted(chosen.value()),
                    key);
        }
        return round(chosen.round());
    }

    private static int number(String key, String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    "%s must be the number of a round, best or last, got '%s'".formatted(key, name), e);
        }
    }

    /** The server's state after a committed round. */
    ServerState state(Round.Summary round) {
        return store.state(round);
    }

    /** The task that the run was trained for. */
    public Task task() {
        return experiment.task();
    }

    /**
     * Checks what the run was trained for.
     *
     * @throws InvalidInputException if it is another task
     */
    public void requireTask(String name) {
        if (!task().name().equals(name)) {
            throw new InvalidInputException(
                    "run %s was trained for the task %s, not %s".formatted(results.runId(), task().name(), name));
        }
    }

    /** What the run was trained with. */
    public Experiment experiment() {
        return experiment;
    }

    /** The labels that the run tells apart, in index order. */
    public List<String> labels() {
        return results.attempt().labels();
    }

    /**
     * The rows with the columns of the task's predictions added.
     *
     * @param round whose model predicts
     * @param columns the names in the table of the task's inputs and of the added columns, where they are others
     * @throws InvalidInputException if a column is missing or no string, or the new columns are there already
     */
    public Dataset<Row> score(Round.Summary round, Dataset<Row> rows, Map<String, String> columns) {
        ColumnNames present = ColumnNames.of(rows.schema());
        Map<String, Integer> places = new TreeMap<>();
        for (String input : task().inputs()) {
            String column = columns.getOrDefault(input, input);
            if (!present.contains(column)) {
                throw new InvalidInputException("the input has no column '%s', only %s; name it with --%s-column"
                        .formatted(column, present.names(), input));
            }
            StructField field = present.field(column);
            if (!field.dataType().equals(DataTypes.StringType)) {
                throw new InvalidInputException("the column '%s' is %s, not text"
                        .formatted(column, field.dataType().simpleString()));
            }
            places.put(input, present.place(column));
        }
        StructType schema = rows.schema();
        for (StructField prediction : PredictionColumns.of(task().predictions()).fields()) {
            String added = columns.getOrDefault(prediction.name(), prediction.name());
            if (present.contains(added)) {
                throw new InvalidInputException("the input already has a column '%s'; rename it"
                        .formatted(present.field(added).name()));
            }
            schema = schema.add(added, prediction.dataType());
        }
        Sent sent = sent(round);
        ScoreRows score = new ScoreRows(
                sent.context(), sent.state(), places, experiment.evaluation().batchSize(), sent.hadoop());
        return rows.mapPartitions(score, Encoders.row(schema));
    }

    /** Copies what scoring with a round, the best and the last needs, the run's rows and its base model, to another warehouse. */
    public void copyTo(Workspace target, Round.Summary chosen) {
        ModelRef model = context().model();
        target.models().importModel(model.name(), model.uri());
        Set<Integer> rounds = new TreeSet<>(Set.of(last().number()));
        results.best().ifPresent(best -> rounds.add(best.round()));
        rounds.add(chosen.number());
        new RunTables(workspace.tables(), results.runId()).copyTo(target.tables(), rounds);
    }

    /** What tasks need of the run's round, sent to them once. */
    private record Sent(
            int round,
            Broadcast<RunContext> context,
            Broadcast<ServerState> state,
            Broadcast<SerializableConfiguration> hadoop) {}

    private synchronized Sent sent(Round.Summary round) {
        if (sent == null || sent.round() != round.number()) {
            sent = new Sent(
                    round.number(),
                    workspace.context().broadcast(context()),
                    workspace.context().broadcast(store.state(round)),
                    workspace.broadcastHadoop());
        }
        return sent;
    }

    /** What the run's models have in common, whichever the round. */
    RunContext context() {
        ModelRef model = new Models(workspace).require(experiment.model());
        if (!model.sha256().equals(results.attempt().modelSha256())) {
            throw new InvalidInputException("run %s was trained over another base model named %s (SHA-256 %s)"
                    .formatted(results.runId(), model.name(), results.attempt().modelSha256()));
        }
        TensorMap initial = store.global(results.rounds().get(0));
        Placement placement = workspace.placement();
        return new RunContext(
                results.runId(),
                model,
                experiment.task(),
                experiment.method(),
                experiment.method().anchor(initial),
                results.attempt().labels(),
                experiment.data().maxTokens(),
                placement,
                new PrecisionOfRun(workspace, placement)
                        .settle(experiment.compute().precision()),
                experiment.seed());
    }
}
