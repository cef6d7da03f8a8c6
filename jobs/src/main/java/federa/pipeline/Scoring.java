package federa.pipeline;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.encoder.ModelRef;
import federa.store.Round;
import federa.store.Round.Evaluation;
import federa.store.RunStore;
import federa.tensor.TensorMap;
import federa.udf.RunContext;
import federa.udf.ScoreTexts;
import java.util.List;
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

    /**
     * The rows with {@code prediction} and {@code probability} added, by the last committed round.
     *
     * @throws IllegalArgumentException if the text column is missing or no string, or the new columns are there already
     */
    public Dataset<Row> score(Dataset<Row> rows, String textColumn) {
        List<String> columns = List.of(rows.columns());
        if (!columns.contains(textColumn)) {
            throw new IllegalArgumentException(
                    "the input has no column '%s', only %s; name it with --text-column".formatted(textColumn, columns));
        }
        StructField text = rows.schema().apply(textColumn);
        if (!text.dataType().equals(DataTypes.StringType)) {
            throw new IllegalArgumentException("the column '%s' is %s, not text"
                    .formatted(textColumn, text.dataType().simpleString()));
        }
        for (String added : List.of("prediction", "probability")) {
            if (columns.contains(added)) {
                throw new IllegalArgumentException("the input already has a column '%s'; rename it".formatted(added));
            }
        }
        TensorMap global = store.global(last());
        ScoreTexts score = new ScoreTexts(
                workspace.context().broadcast(context()),
                workspace.context().broadcast(global),
                rows.schema().fieldIndex(textColumn),
                experiment.evaluation().batchSize(),
                workspace.broadcastHadoop());
        return rows.mapPartitions(score, Encoders.row(ScoreTexts.schema(rows.schema())));
    }

    private RunContext context() {
        ModelRef model = new Models(workspace).require(experiment.model());
        if (!model.sha256().equals(results.attempt().modelSha256())) {
            throw new IllegalArgumentException("run %s was trained over another base model named %s (SHA-256 %s)"
                    .formatted(results.runId(), model.name(), results.attempt().modelSha256()));
        }
        TensorMap initial = store.global(results.rounds().get(0));
        return new RunContext(
                results.runId(),
                model,
                experiment.method(),
                experiment.method().anchor(initial),
                results.attempt().labels(),
                experiment.data().maxTokens(),
                workspace.taskCpus(),
                experiment.seed());
    }
}
