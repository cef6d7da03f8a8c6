package federa.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.pipeline.Workspace;
import federa.prepare.Preparation;
import federa.prepare.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FederatedTextClassifierTest {

    /** Probabilities are float32. */
    private static final Offset<Double> FP32 = Offset.offset(1e-5);

    @TempDir
    static Path directory;

    private static Dataset<Row> texts;
    private static FederatedTextClassificationModel model;

    @BeforeAll
    static void fit() {
        SharedSpark.session();
        try (var prepared = new Preparation(SharedSpark.session(), 0).run(new Topics(120, 40, 17))) {
            List<Row> rows = prepared.rows()
                    .select(col("id"), col("text").as("body"), col("label").as("topic"), col("split"))
                    .collectAsList();
            texts = SharedSpark.session()
                    .createDataFrame(rows, rows.get(0).schema())
                    .withColumn("author", expr("concat('a', crc32(id) % 4)"))
                    .withColumn("held", expr("split = 'test'"));
        }
        model = classifier()
                .setRunId("fitted")
                .setValidationIndicatorCol("held")
                .fit(texts);
    }

    private static FederatedTextClassifier classifier() {
        return new FederatedTextClassifier()
                .setBaseModel(Tiny.model().toString())
                .setWarehouse(directory.resolve("warehouse").toString())
                .setTextCol("body")
                .setLabelCol("topic")
                .setNumClients(4)
                .setClientsPerRound(2)
                .setRounds(2)
                .setRank(4)
                .setLoraAlpha(4)
                .setLearningRate(0.01)
                .setMaxTokens(32);
    }

    @Test
    void theModelAddsALabelAndTheProbabilitiesOfAllLabels() {
        List<Row> rows = model.transform(texts).collectAsList();

        assertThat(model.labels()).hasSize(10).isSorted();
        assertThat(rows).hasSize(160);
        for (Row row : rows) {
            Vector probability = row.getAs("probability");
            assertThat(probability.size()).isEqualTo(10);
            assertThat(row.<String>getAs("prediction")).isEqualTo(model.labels()[probability.argmax()]);
        }
        assertThat(model.transformSchema(texts.schema()))
                .isEqualTo(model.transform(texts).schema());
    }

    @Test
    void theSummaryHasTheRoundsAndTheMetricsOfTheHeldRows() {
        Workspace workspace = Tiny.empty(directory.resolve("warehouse"));
        Results results = Results.of(workspace, "fitted");

        List<Row> rounds = model.summary().rounds().collectAsList();

        assertThat(rounds).extracting(row -> row.<Integer>getAs("round")).containsExactly(0, 1, 2);
        assertThat(rounds.get(2).<String>getAs("adapters_sha256"))
                .isEqualTo(results.last().adaptersSha256());
        Dataset<Row> accuracy = model.summary().evaluations().where("metric = 'accuracy' and round = 2");
        assertThat(accuracy.select("num_examples").first().getLong(0)).isEqualTo(40);
        Dataset<Row> held = model.transform(texts.where("held"));
        assertThat(accuracy.select("value").first().getDouble(0))
                .isEqualTo(held.where("prediction = topic").count() / 40.0);
        // All four clients send the sums that the head starts from, then two in each of two rounds train.
        Dataset<Row> updates = model.summary().clientUpdates();
        assertThat(updates.where("round = 0").count()).isEqualTo(4);
        assertThat(updates.where("round > 0").count()).isEqualTo(4);
    }

    @Test
    void fittingTheSameAgainFindsTheRunAndTrainsNothing() {
        long attempts = attempts("fitted");

        FederatedTextClassificationModel again = classifier()
                .setRunId("fitted")
                .setValidationIndicatorCol("held")
                .fit(texts);

        assertThat(attempts("fitted")).isEqualTo(attempts).isEqualTo(1);
        assertThat(again.transform(texts).select("id", "prediction").collectAsList())
                .isEqualTo(model.transform(texts).select("id", "prediction").collectAsList());
    }

    @Test
    void theSameRunIdWithAnotherParamIsRefused() {
        assertThatThrownBy(() -> classifier()
                        .setRunId("fitted")
                        .setValidationIndicatorCol("held")
                        .setEpochs(2)
                        .fit(texts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("training.epochs was 1, now 2");
    }

    @Test
    void theClientsAreTheValuesOfAColumn() {
        FederatedTextClassificationModel byAuthor = classifier()
                .setClientCol("author")
                .setRounds(1)
                .setClientsPerRound(4)
                .fit(texts);

        List<Row> updates = byAuthor.summary()
                .clientUpdates()
                .where("round = 1")
                .select("client_id", "num_examples")
                .collectAsList();
        List<Row> authors = texts.groupBy("author")
                .count()
                .orderBy("author")
                .select("count")
                .collectAsList();
        assertThat(updates)
                .extracting(row -> row.getLong(1))
                .containsExactlyElementsOf(
                        authors.stream().map(row -> row.getLong(0)).toList());
    }

    @Test
    void aSavedModelPredictsTheSameWithoutTheWarehouseItWasTrainedIn() throws IOException {
        Path saved = directory.resolve("saved");
        FederatedTextClassificationModel moved =
                classifier().setWarehouse(directory.resolve("other").toString()).fit(texts);
        List<Row> before = moved.transform(texts).collectAsList();
        moved.save(saved.toString());
        FileUtil.fullyDelete(directory.resolve("other").toFile());

        FederatedTextClassificationModel loaded = FederatedTextClassificationModel.load(saved.toString());

        assertThat(loaded.transform(texts).collectAsList()).isEqualTo(before);
        assertThat(loaded.uid()).isEqualTo(moved.uid());
        assertThat(loaded.summary().rounds().count()).isEqualTo(3);
        assertThatThrownBy(() -> loaded.save(saved.toString())).hasMessageContaining("already exists");

        loaded.setPredictionCol("said").write().overwrite().save(saved.toString());
        assertThatThrownBy(() -> new FederatedTextClassificationModel()
                        .setWarehouse(directory.resolve("other").toString())
                        .setRunId("gone")
                        .write()
                        .overwrite()
                        .save(saved.toString()))
                .hasMessageContaining("is no warehouse");

        FederatedTextClassificationModel changed = FederatedTextClassificationModel.load(saved.toString());
        assertThat(changed.transform(texts).select("id", "said", "probability").collectAsList())
                .isEqualTo(predictions(before));
        assertThat(directory.toFile().list()).noneMatch(name -> name.startsWith(".saved"));
    }

    private static List<Row> predictions(List<Row> rows) {
        return rows.stream()
                .map(row -> RowFactory.create(row.getAs("id"), row.getAs("prediction"), row.getAs("probability")))
                .toList();
    }

    @Test
    void columnsAreFoundAsSparkFindsThem() {
        FederatedTextClassificationModel dotted = model.copy(ParamMap.empty())
                .setTextCol("b.o`dy")
                .setPredictionCol("p.x")
                .setProbabilityCol("p.y");
        Dataset<Row> other = texts.limit(2).withColumnRenamed("body", "B.o`Dy");
        assertThat(dotted.transform(other).select("`P.x`", "`p.y`").collectAsList())
                .isEqualTo(model.transform(texts.limit(2))
                        .select("prediction", "probability")
                        .collectAsList());

        Dataset<Row> there = texts.withColumn("Prediction", col("id"));
        assertThatThrownBy(() -> model.transform(there)).hasMessageContaining("there is already a column 'Prediction'");
        assertThatThrownBy(() -> model.transform(texts.withColumn("twice", col("body"))
                        .toDF("id", "body", "topic", "split", "author", "held", "BODY")))
                .hasMessageContaining("'body' may be any of the columns [body, BODY]");
        SharedSpark.session().conf().set("spark.sql.caseSensitive", "true");
        SparkSession.clearActiveSession(); // as in a thread that has made no session
        try {
            assertThat(model.transform(there).columns()).contains("Prediction", "prediction");
            assertThatThrownBy(() -> dotted.transform(other)).hasMessageContaining("there is no column 'b.o`dy'");
        } finally {
            SharedSpark.session().conf().unset("spark.sql.caseSensitive");
        }
    }

    @Test
    void aPipelineWithItIsSavedAndLoaded() throws IOException {
        StringIndexer indexer = new StringIndexer().setInputCol("topic").setOutputCol("label");
        FederatedTextClassifier classifier = classifier().setLabelCol("label").setRounds(1);
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {indexer, classifier});
        pipeline.save(directory.resolve("pipeline").toString());
        Pipeline loaded = Pipeline.load(directory.resolve("pipeline").toString());

        PipelineModel fitted = loaded.fit(texts);
        fitted.save(directory.resolve("pipeline-model").toString());
        PipelineModel again =
                PipelineModel.load(directory.resolve("pipeline-model").toString());

        assertThat(((FederatedTextClassifier) loaded.getStages()[1]).explainParams())
                .isEqualTo(classifier.explainParams());
        List<Row> rows = fitted.transform(texts).collectAsList();
        assertThat(again.transform(texts).collectAsList()).isEqualTo(rows);
        again.write().overwrite().save(directory.resolve("pipeline-model").toString()); // which removes it first
        assertThat(PipelineModel.load(directory.resolve("pipeline-model").toString())
                        .transform(texts)
                        .collectAsList())
                .isEqualTo(rows);
        Row first = rows.get(0);
        assertThat(first.<Vector>getAs("probability").argmax())
                .isEqualTo((int) first.<Double>getAs("prediction").doubleValue());
    }

    @Test
    void crossValidationChoosesTheLearningRateThatLearns() {
        Dataset<Row> indexed = new StringIndexer()
                .setInputCol("topic")
                .setOutputCol("label")
                .fit(texts)
                .transform(texts);
        FederatedTextClassifier classifier = classifier()
                .setLabelCol("label")
                .setMethod("full")
                .setEpochs(4)
                .setClientsPerRound(4)
                .setRounds(1)
                // A solved head would already be as good as random weights allow.
                .setSettings("head.start=fresh");
        ParamMap[] grid = new ParamGridBuilder()
                .addGrid(classifier.learningRate(), new double[] {1e-9, 0.01})
                .build();
        CrossValidator validator = new CrossValidator()
                .setEstimator(classifier)
                .setEstimatorParamMaps(grid)
                .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("logLoss"))
                .setNumFolds(2)
                .setSeed(1);

        CrossValidatorModel validated = validator.fit(indexed);

        double[] losses = validated.avgMetrics();
        assertThat(losses[1]).isLessThan(losses[0]);
        FederatedTextClassificationModel best = (FederatedTextClassificationModel) validated.bestModel();
        assertThat(best.transform(indexed).columns()).contains("prediction", "probability");
        FederatedTextClassifier parent = (FederatedTextClassifier) best.parent();
        assertThat(parent.getOrDefault(parent.learningRate())).isEqualTo(0.01);
    }

    @Test
    void aStreamIsScoredAsTheTableIs() throws Exception {
        Path files = directory.resolve("stream-in");
        texts.repartition(3).write().json(files.toString());
        Dataset<Row> stream =
                SharedSpark.session().readStream().schema(texts.schema()).json(files.toString());

        StreamingQuery query = model.transform(stream)
                .writeStream()
                .format("memory")
                .queryName("scored")
                .option("maxFilesPerTrigger", "1")
                .start();
        query.processAllAvailable();
        query.stop();

        List<Row> streamed = SharedSpark.session().table("scored").orderBy("id").collectAsList();
        List<Row> batch = model.transform(texts).orderBy("id").collectAsList();
        assertThat(streamed).hasSize(160);
        for (int i = 0; i < batch.size(); i++) {
            assertThat(streamed.get(i).<String>getAs("prediction"))
                    .isEqualTo(batch.get(i).getAs("prediction"));
            assertThat(streamed.get(i).<Vector>getAs("probability").apply(0))
                    .isCloseTo(batch.get(i).<Vector>getAs("probability").apply(0), FP32);
        }
    }

    @Test
    void aNullTextGivesNulls() {
        Row row = model.transform(texts.limit(1).selectExpr("cast(null as string) as body"))
                .first();

        assertThat(row.anyNull()).isTrue();
        assertThat(row.<String>getAs("prediction")).isNull();
        assertThat(row.<Vector>getAs("probability")).isNull();
    }

    @Test
    void everyParamIsExplainedWithItsDefault() {
        String explained = new FederatedTextClassifier().explainParams();

        assertThat(explained)
                .contains("learningRate: highest learning rate of a round; by default 0.001; ")
                .contains("targets: the layers that carry an adapter, of federa and lora; by default [query,value]; ")
                .contains("rounds: rounds in all (default: 20)");
        assertThat(explained.lines()).hasSizeGreaterThan(30).allMatch(line -> line.matches("\\w+: .+\\(.+\\)"));
    }

    @Test
    void aCopyHasTheSameParamsAndThoseGiven() {
        FederatedTextClassifier classifier = classifier();

        FederatedTextClassifier copy =
                (FederatedTextClassifier) classifier.copy(ParamMap.empty().put(classifier.rounds(), 5));

        assertThat(copy.uid()).isEqualTo(classifier.uid());
        assertThat(copy.getOrDefault(copy.rounds())).isEqualTo(5);
        assertThat(copy.getOrDefault(copy.textCol())).isEqualTo("body");
        assertThat(classifier.getOrDefault(classifier.rounds())).isEqualTo(2);
    }

    private static long attempts(String run) {
        return SharedSpark.session()
                .read()
                .format("delta")
                .load(directory.resolve("warehouse/tables/runs").toString())
                .where(col("run_id").equalTo(run))
                .count();
    }
}
