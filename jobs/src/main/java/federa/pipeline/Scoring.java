package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.ModelRef;
import federa.store.Round;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import federa.task.Task;
import federa.tensor.TensorMap;
import federa.udf.PredictionColumns;
import federa.udf.RunContext;
import federa.udf.ScoreRows;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** A trained run put to use: evaluation on a split, predictions for any table. */
public final class Scoring {

    private final Workspace workspace;
    private final RunStore store;
    private final Results results;
    private final Experiment experiment;

    /**
     * Opens a run.
     *
     * @throws IllegalArgumentException if there is none with a committed round
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
            throw new IllegalArgumentException("the data set %s has no rows in the split '%s'; there are train and test"
                    .formatted(data.name(), split));
        }
        Evaluator evaluator = new Evaluator(workspace, context(), experiment.evaluation(), split, data);
        try {
            return evaluator.evaluate(store.global(round), round.number());
        } finally {
            evaluator.close();
        }
    }

    /** A committed round by its number. */
    public Round.Summary round(int number) {
        return results.rounds().stream()
                .filter(round -> round.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "run %s has the rounds 0 to %d, not %d".formatted(results.runId(), last().number(), number)));
    }

    /** The trained tensors of a committed round. */
    TensorMap global(Round.Summary round) {
        return store.global(round);
    }

    /** The task that the run was trained for. */
    public Task task() {
        return experiment.task();
    }

    /**
     * The rows with the columns of the task's predictions added, by the last committed round.
     *
     * @param columns the name in the table of each of the task's inputs
     * @throws IllegalArgumentException if a column is missing or no string, or the new columns are there already
     */
    public Dataset<Row> score(Dataset<Row> rows, Map<String, String> columns) {
        List<String> present = List.of(rows.columns());
        Map<String, Integer> places = new TreeMap<>();
        for (String input : task().inputs()) {
            String column = columns.getOrDefault(input, input);
            if (!present.contains(column)) {
                throw new IllegalArgumentException("the input has no column '%s', only %s; name it with --%s-column"
                        .formatted(column, present, input));
            }
            StructField field = rows.schema().apply(column);
            if (!field.dataType().equals(DataTypes.StringType)) {
                throw new IllegalArgumentException("the column '%s' is %s, not text"
                        .formatted(column, field.dataType().simpleString()));
            }
            places.put(input, rows.schema().fieldIndex(column));
        }
        PredictionColumns predictions = PredictionColumns.of(task());
        for (StructField added : predictions.fields()) {
            if (present.contains(added.name())) {
                throw new IllegalArgumentException(
                        "the input already has a column '%s'; rename it".formatted(added.name()));
            }
        }
        TensorMap global = store.global(last());
        ScoreRows score = new ScoreRows(
                workspace.context().broadcast(context()),
                workspace.context().broadcast(global),
                places,
                experiment.evaluation().batchSize(),
                workspace.broadcastHadoop());
        return rows.mapPartitions(score, Encoders.row(ScoreRows.schema(rows.schema(), predictions)));
    }

    /** What the run's models have in common, whichever the round. */
    RunContext context() {
        ModelRef model = new Models(workspace).require(experiment.model());
        if (!model.sha256().equals(results.attempt().modelSha256())) {
            throw new IllegalArgumentException("run %s was trained over another base model named %s (SHA-256 %s)"
                    .formatted(results.runId(), model.name(), results.attempt().modelSha256()));
        }
        TensorMap initial = store.global(results.rounds().get(0));
        return new RunContext(
                results.runId(),
                model,
                experiment.task(),
                experiment.method(),
                experiment.method().anchor(initial),
                results.attempt().labels(),
                experiment.data().maxTokens(),
                workspace.placement(),
                experiment.compute().precision(),
                experiment.seed());
    }
}
