package federa.pipeline;

import static org.apache.spark.sql.functions.col;

import federa.config.Experiment;
import federa.store.Round.Evaluation;
import federa.tensor.TensorMap;
import federa.udf.RunContext;
import federa.udf.ScoreTexts;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** Evaluates a global model on a split of the data, as a Spark job. */
final class Evaluator {

    /** Smaller tasks than cores, so that a slow one does not keep the others waiting. */
    private static final int TASKS_PER_CORE = 2;

    private final Workspace workspace;
    private final RunContext run;
    private final Experiment.Evaluation settings;
    private final String split;
    private final Dataset<Row> texts;

    Evaluator(Workspace workspace, RunContext run, Experiment.Evaluation settings, String split, Datasets.Stored data) {
        this.workspace = workspace;
        this.run = run;
        this.settings = settings;
        this.split = split;
        texts = data.split(split)
                .select("id", "text", "label")
                // The same rows in the same order in every process: texts are scored in batches, and a batch's other
                // texts
                // show in the last bits of a probability.
                .repartition(workspace.parallelism() * TASKS_PER_CORE, col("id"))
                .sortWithinPartitions("id")
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /** The metrics, or nothing if the round is not to be evaluated. */
    List<Evaluation> evaluateIfDue(TensorMap global, int round, int last) {
        return settings.due(round, last) ? evaluate(global, round) : List.of();
    }

    /** Accuracy, macro F1 and mean cross entropy of the model on the split. */
    List<Evaluation> evaluate(TensorMap global, int round) {
        long start = System.nanoTime();
        workspace.describe("round %d: evaluate on %s".formatted(round, split));
        Broadcast<RunContext> context = workspace.context().broadcast(run);
        Broadcast<TensorMap> model = workspace.context().broadcast(global);
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        List<String> labels = run.labels();
        Dataset<Row> scored = texts.mapPartitions(
                        new ScoreTexts(context, model, texts.schema().fieldIndex("text"), settings.batchSize(), hadoop),
                        Encoders.row(ScoreTexts.schema(texts.schema())))
                .select("label", "prediction", "probability")
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            JavaRDD<Tuple2<Object, Object>> pairs = scored.javaRDD()
                    .map(row -> new Tuple2<>(
                            (double) labels.indexOf(row.getString(1)), (double) labels.indexOf(row.getString(0))));
            MulticlassMetrics metrics = new MulticlassMetrics(pairs.rdd());
            double macroF1 = 0;
            for (double label : metrics.labels()) {
                macroF1 += metrics.fMeasure(label) / metrics.labels().length;
            }
            long examples = scored.count();
            // Added up in the order of the partitions; as Spark's own mean adds them, in that of their tasks' ends, the
            // last bits would differ from run to run.
            double loss = scored
                            .javaRDD()
                            .mapPartitions(rows -> Collections.singleton(crossEntropy(rows, labels))
                                    .iterator())
                            .collect()
                            .stream()
                            .mapToDouble(Double::doubleValue)
                            .sum()
                    / examples;
            double accuracy = metrics.accuracy();
            double seconds = (System.nanoTime() - start) / 1e9;
            return List.of(
                    new Evaluation(split, "accuracy", accuracy, examples, seconds),
                    new Evaluation(split, "macro_f1", macroF1, examples, seconds),
                    new Evaluation(split, "loss", loss, examples, seconds));
        } finally {
            scored.unpersist();
            model.destroy();
            context.destroy();
            hadoop.destroy();
            workspace.describe(null);
        }
    }

    private static double crossEntropy(Iterator<Row> rows, List<String> labels) {
        double sum = 0;
        while (rows.hasNext()) {
            sum += crossEntropy(rows.next(), labels);
        }
        return sum;
    }

    /** -log of the probability of the true label; a label that training never saw counts as the smallest float. */
    private static double crossEntropy(Row row, List<String> labels) {
        int label = labels.indexOf(row.getString(0));
        double probability = label < 0 ? 0 : row.<Double>getList(2).get(label);
        return -Math.log(Math.max(probability, Float.MIN_NORMAL));
    }

    void close() {
        texts.unpersist();
    }
}
