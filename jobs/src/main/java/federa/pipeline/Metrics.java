package federa.pipeline;

import federa.metric.AnswerScore;
import federa.metric.Entities;
import federa.metric.EntityScore;
import federa.metric.RelationScore;
import federa.task.EntityRecognition;
import federa.task.MaskedLanguageModel;
import federa.task.QuestionAnswering;
import federa.task.Task;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * The metrics of a task, from rows that hold the truth and the prediction.
 *
 * <p>What is summed in floating point is summed partition by partition and then in their order; as Spark's own means add
 * up, in the order in which tasks end, the last bits would differ from run to run.
 */
interface Metrics {

    /** The metrics by name, the one that the run is judged by first. */
    Map<String, Double> measure(Dataset<Row> scored);

    /** The metrics of a task. */
    static Metrics of(Task task, List<String> labels) {
        if (task instanceof EntityRecognition) {
            return Metrics::entities;
        }
        if (task instanceof QuestionAnswering) {
            return Metrics::answers;
        }
        if (task instanceof MaskedLanguageModel) {
            return Metrics::guesses;
        }
        return scored -> classes(scored, labels);
    }

    /** Accuracy, macro F1 over the classes that occur, mean cross entropy; SemEval's own F1 for relations with direction. */
    private static Map<String, Double> classes(Dataset<Row> scored, List<String> labels) {
        JavaRDD<Row> rows = scored.select("label", "prediction", "probability").javaRDD();
        MulticlassMetrics classes = new MulticlassMetrics(rows.map(row -> new Tuple2<Object, Object>(
                        (double) labels.indexOf(row.getString(1)), (double) labels.indexOf(row.getString(0))))
                .rdd());
        double macroF1 = 0;
        for (double label : classes.labels()) {
            macroF1 += classes.fMeasure(label) / classes.labels().length;
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", classes.accuracy());
        metrics.put("macro_f1", macroF1);
        if (RelationScore.applies(labels)) {
            List<RelationScore> parts =
                    parts(rows, RelationScore::new, (score, row) -> score.add(row.getString(0), row.getString(1)));
            metrics.put(
                    "official_f1",
                    parts.stream()
                            .reduce(new RelationScore(), RelationScore::plus)
                            .macroF1());
        }
        double[] loss = sums(rows, 2, (sums, row) -> {
            sums[0] += crossEntropy(row, labels);
            sums[1]++;
        });
        metrics.put("loss", loss[0] / loss[1]);
        return metrics;
    }

    /** -log of the probability of the true label; a label that training never saw counts as the smallest float. */
    private static double crossEntropy(Row row, List<String> labels) {
        int label = labels.indexOf(row.getString(0));
        double probability = label < 0 ? 0 : row.<Double>getList(2).get(label);
        return -Math.log(Math.max(probability, Float.MIN_NORMAL));
    }

    /** Micro averages over entities as seqeval computes them, by default and by strict IOB2. */
    private static Map<String, Double> entities(Dataset<Row> scored) {
        EntityScore byDefault = entities(scored, Entities.DEFAULT);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", byDefault.micro().f1());
        metrics.put("precision", byDefault.micro().precision());
        metrics.put("recall", byDefault.micro().recall());
        metrics.put("macro_f1", byDefault.macroF1());
        metrics.put("strict_f1", entities(scored, Entities.STRICT).micro().f1());
        return metrics;
    }

    private static EntityScore entities(Dataset<Row> scored, Entities scheme) {
        return parts(
                        scored.select("tags", "prediction").javaRDD(),
                        () -> new EntityScore(scheme),
                        (score, row) -> score.add(row.getList(0), row.getList(1)))
                .stream()
                .reduce(new EntityScore(scheme), EntityScore::plus);
    }

    /** F1 over the words of answers and exact match, as SQuAD's script computes them, from 0 to 1. */
    private static Map<String, Double> answers(Dataset<Row> scored) {
        AnswerScore score = parts(
                        scored.select("prediction", "answers").javaRDD(),
                        AnswerScore::new,
                        (part, row) -> part.add(row.getString(0), row.getList(1)))
                .stream()
                .reduce(new AnswerScore(), AnswerScore::plus);
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", score.f1());
        metrics.put("exact_match", score.exactMatch());
        return metrics;
    }

    /** The share of the hidden tokens that were guessed, and their mean cross entropy. */
    private static Map<String, Double> guesses(Dataset<Row> scored) {
        double[] sums = sums(scored.select("loss", "correct", "tokens").javaRDD(), 3, (sum, row) -> {
            sum[0] += row.getDouble(0);
            sum[1] += row.getInt(1);
            sum[2] += row.getInt(2);
        });
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", sums[1] / sums[2]);
        metrics.put("loss", sums[0] / sums[2]);
        return metrics;
    }

    private static double[] sums(JavaRDD<Row> rows, int width, Adder<double[]> adder) {
        double[] total = new double[width];
        for (double[] part : parts(rows, () -> new double[width], adder)) {
            for (int i = 0; i < width; i++) {
                total[i] += part[i];
            }
        }
        return total;
    }

    /** What each partition's rows add up to, in the order of the partitions. */
    private static <S> List<S> parts(JavaRDD<Row> rows, Zero<S> zero, Adder<S> adder) {
        return rows.mapPartitions(part -> {
                    S sum = zero.get();
                    part.forEachRemaining(row -> adder.add(sum, row));
                    return Collections.singleton(sum).iterator();
                })
                .collect();
    }

    /** Makes an empty sum, inside a task. */
    interface Zero<S> extends Supplier<S>, Serializable {}

    /** Adds a row to a sum, inside a task. */
    interface Adder<S> extends Serializable {
        void add(S sum, Row row);
    }
}
