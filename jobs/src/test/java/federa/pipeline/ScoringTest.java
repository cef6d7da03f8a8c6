package federa.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import federa.store.Round.Evaluation;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringTest {

    private static final Offset<Double> EXACT = Offset.offset(1e-12);

    /** Probabilities are float32, and the texts of a batch differ from one way of scoring to the other. */
    private static final Offset<Double> FP32 = Offset.offset(1e-5);

    @TempDir
    static Path directory;

    private static Workspace workspace;
    private static Results run;
    private static Scoring scoring;

    @BeforeAll
    static void train() {
        workspace = Tiny.prepared(directory);
        // Enough for the model to be right now and then.
        run = Tiny.train(workspace, "run", "federation.rounds=2", "method={kind: full}", "training.epochs=3");
        scoring = new Scoring(workspace, "run");
    }

    @Test
    void metricsAreThoseOfTheScoredRows() {
        List<Row> rows = scoring.score(
                        scoring.last(), new Datasets(workspace).open("topics").split("test"), Map.of("text", "text"))
                .collectAsList();
        Map<String, Evaluation> evaluated =
                scoring.evaluate(scoring.last(), "test").stream().collect(Collectors.toMap(Evaluation::metric, e -> e));

        assertThat(rows).hasSize(60);
        assertThat(evaluated).containsOnlyKeys("accuracy", "macro_f1", "loss");
        assertThat(evaluated.values())
                .allMatch(e -> e.numExamples() == 60 && e.split().equals("test"));
        assertThat(evaluated.get("accuracy").value()).isCloseTo(accuracy(rows), EXACT);
        assertThat(evaluated.get("macro_f1").value()).isCloseTo(macroF1(rows), EXACT);
        assertThat(evaluated.get("loss").value()).isCloseTo(loss(rows), FP32);
        assertThat(evaluated.get("accuracy").value()).isBetween(0.01, 0.99);
    }

    @Test
    void aStoredRoundEvaluatesToTheBitsThatTrainingRecorded() {
        for (int round = 0; round <= 2; round++) {
            Map<String, Double> now = values(scoring.evaluate(scoring.round(round), "test"));

            assertThat(now)
                    .as("round " + round)
                    .isEqualTo(values(run.evaluations().get(round)));
        }
    }

    @Test
    void theTrainSplitCanBeEvaluatedToo() {
        assertThat(scoring.evaluate(scoring.last(), "train"))
                .allMatch(e -> e.split().equals("train") && e.numExamples() == 200);
    }

    @Test
    void aNullTextGivesNullsAndEverythingElseStaysAsItWas() {
        StructType schema = new StructType()
                .add("number", DataTypes.LongType)
                .add("body", DataTypes.StringType)
                .add("tags", DataTypes.createArrayType(DataTypes.StringType));
        List<Row> input = List.of(
                RowFactory.create(3L, "the orchestra played a long symphony to a full hall", new String[] {"a"}),
                RowFactory.create(1L, null, new String[] {}),
                RowFactory.create(2L, "", null),
                RowFactory.create(null, "the goalkeeper saved a penalty", new String[] {"b", "c"}),
                RowFactory.create(3L, "the orchestra played a long symphony to a full hall", new String[] {"a"}));

        Dataset<Row> scored = scoring.score(
                scoring.last(),
                SharedSpark.session().createDataFrame(input, schema).coalesce(1),
                Map.of("text", "body"));
        List<Row> rows = scored.collectAsList();

        assertThat(scored.columns()).containsExactly("number", "body", "tags", "prediction", "probability");
        assertThat(scored.drop("prediction", "probability").collectAsList())
                .isEqualTo(SharedSpark.session().createDataFrame(input, schema).collectAsList());
        assertThat(rows.get(1).isNullAt(3)).isTrue();
        assertThat(rows.get(1).isNullAt(4)).isTrue();
        for (int i : List.of(0, 2, 3, 4)) {
            List<Double> probability = rows.get(i).getList(4);
            assertThat(probability).hasSize(10);
            assertThat(probability.stream().mapToDouble(p -> p).sum()).isCloseTo(1, FP32);
            assertThat(rows.get(i).getString(3)).isEqualTo(best(probability));
        }
        assertThat(rows.get(4)).isEqualTo(rows.get(0));
    }

    @Test
    void anEmptyTableGivesAnEmptyTable() {
        Dataset<Row> nothing = new Datasets(workspace)
                .open("topics")
                .split("test")
                .where(col("id").equalTo("no such id"));

        assertThat(scoring.score(scoring.last(), nothing, Map.of("text", "text"))
                        .collectAsList())
                .isEmpty();
    }

    private static String best(List<Double> probability) {
        int best = 0;
        for (int i = 1; i < probability.size(); i++) {
            best = probability.get(i) > probability.get(best) ? i : best;
        }
        return run.attempt().labels().get(best);
    }

    private static Map<String, Double> values(List<Evaluation> evaluations) {
        return evaluations.stream().collect(Collectors.toMap(Evaluation::metric, Evaluation::value));
    }

    private static double accuracy(List<Row> rows) {
        return (double) rows.stream()
                        .filter(row -> row.getAs("label").equals(row.getAs("prediction")))
                        .count()
                / rows.size();
    }

    /** The mean over the labels of 2 tp / (2 tp + fp + fn). */
    private static double macroF1(List<Row> rows) {
        Map<String, int[]> counts = new HashMap<>();
        Set<String> labels = new TreeSet<>();
        for (Row row : rows) {
            String label = row.getAs("label");
            String prediction = row.getAs("prediction");
            labels.add(label);
            counts.computeIfAbsent(label, l -> new int[3])[label.equals(prediction) ? 0 : 2]++;
            if (!label.equals(prediction)) {
                counts.computeIfAbsent(prediction, l -> new int[3])[1]++;
            }
        }
        return labels.stream()
                .map(counts::get)
                .mapToDouble(c -> 2.0 * c[0] / (2.0 * c[0] + c[1] + c[2]))
                .average()
                .orElseThrow();
    }

    private static double loss(List<Row> rows) {
        return rows.stream()
                .sorted(Comparator.comparing(row -> row.<String>getAs("id")))
                .mapToDouble(row -> -Math.log(row.<Double>getList(row.fieldIndex("probability"))
                        .get(run.attempt().labels().indexOf(row.<String>getAs("label")))))
                .average()
                .orElseThrow();
    }
}
