package federa.ml;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.Notes;
import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FederatedTokenClassifierTest {

    @TempDir
    static Path directory;

    private static Dataset<Row> notes;
    private static FederatedTokenClassificationModel model;

    @BeforeAll
    static void fit() {
        notes = Notes.rows().withColumn("held", expr("id >= 16")).cache();
        model = classifier("warehouse").setValidationIndicatorCol("held").fit(notes);
    }

    /** Learns the notes well enough to find some cities. */
    private static FederatedTokenClassifier classifier(String warehouse) {
        return new FederatedTokenClassifier()
                .setBaseModel(Tiny.model().toString())
                .setWarehouse(directory.resolve(warehouse).toString())
                .setEntitiesCol("found")
                .setClientCol("label")
                .setClientsPerRound(2)
                .setRounds(2)
                .setEpochs(20)
                .setBatchSize(4)
                .setMethod("full")
                .setLearningRate(0.01)
                .setMaxTokens(32);
    }

    @Test
    void theModelAddsATagForEachWordAndTheEntitiesThatTheTagsMake() {
        List<Row> rows = model.transform(notes).collectAsList();

        assertThat(rows).hasSize(24);
        for (Row row : rows) {
            List<String> tags = row.getList(row.fieldIndex("prediction"));
            List<Row> entities = row.getList(row.fieldIndex("found"));
            String text = row.getAs("text");
            assertThat(tags).hasSize(6).isSubsetOf("O", "B-city", "I-city");
            assertThat(entities).hasSize((int)
                    tags.stream().filter(tag -> tag.startsWith("B-")).count());
            for (Row entity : entities) {
                assertThat(entity.<String>getAs("type")).isEqualTo("city");
                assertThat(entity.<String>getAs("text"))
                        .isEqualTo(text.substring(entity.getAs("start"), entity.getAs("end")));
            }
        }
        assertThat(rows).anyMatch(row -> !row.getList(row.fieldIndex("found")).isEmpty());
        assertThat(model.transformSchema(notes.schema()))
                .isEqualTo(model.transform(notes).schema());
    }

    @Test
    void theSummaryHasTheRoundsTheClientsAndTheMetricsOfTheHeldRows() {
        Dataset<Row> held = model.transform(notes.where("held"))
                .selectExpr(
                        "size(found) as found",
                        "cast(exists(found, e -> e.start = starts[0] and e.text = answers[0]) as int) as right");
        Row counts = held.selectExpr("sum(found)", "sum(right)", "count(*)").first();

        Dataset<Row> last = model.summary().evaluations().where("round = 2");

        assertThat(model.summary().rounds().collectAsList())
                .extracting(row -> row.<Integer>getAs("round"))
                .containsExactly(0, 1, 2);
        // Round 0 has the sums of every client that the head starts from.
        assertThat(model.summary().clientUpdates().where("round > 0").collectAsList())
                .extracting(row -> row.<Long>getAs("num_examples"))
                .containsExactly(8L, 8L, 8L, 8L);
        assertThat(last.select("num_examples").distinct().collectAsList())
                .extracting(row -> row.getLong(0))
                .containsExactly(8L);
        assertThat(counts.getLong(1)).isPositive();
        assertThat(last.where("metric = 'recall'").select("value").first().getDouble(0))
                .isEqualTo((double) counts.getLong(1) / counts.getLong(2));
        assertThat(last.where("metric = 'precision'").select("value").first().getDouble(0))
                .isEqualTo((double) counts.getLong(1) / counts.getLong(0));
    }

    @Test
    void aModelOfAnotherTaskIsRefusedWithTheTaskOfTheRun() {
        FederatedQuestionAnsweringModel other = new FederatedQuestionAnsweringModel()
                .setWarehouse(directory.resolve("warehouse").toString())
                .setRunId(model.getOrDefault(model.runId()));

        assertThatThrownBy(() -> other.setContextCol("text").transform(notes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was trained for the task ner, not qa");
    }

    @Test
    void aPipelineWithItIsSavedAndLoadedAndPredictsWithoutTheWarehouseItWasTrainedIn() throws IOException {
        SQLTransformer words = new SQLTransformer().setStatement("select *, lower(text) as body from __THIS__");
        FederatedTokenClassifier classifier =
                classifier("pipelines").setTextCol("body").setRounds(1).setEpochs(1);
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {words, classifier});
        pipeline.save(directory.resolve("pipeline").toString());
        Pipeline loaded = Pipeline.load(directory.resolve("pipeline").toString());

        PipelineModel fitted = loaded.fit(notes);
        List<Row> before = fitted.transform(notes).collectAsList();
        fitted.save(directory.resolve("pipeline-model").toString());
        FileUtil.fullyDelete(directory.resolve("pipelines").toFile());
        PipelineModel again =
                PipelineModel.load(directory.resolve("pipeline-model").toString());
        FederatedTokenClassificationModel loadedModel = (FederatedTokenClassificationModel) again.stages()[1];

        assertThat(((FederatedTokenClassifier) loaded.getStages()[1]).explainParams())
                .isEqualTo(classifier.explainParams());
        assertThat(again.transform(notes).collectAsList()).isEqualTo(before).hasSize(24);
        assertThat(loadedModel.uid()).isEqualTo(fitted.stages()[1].uid());
        assertThat(loadedModel.summary().rounds().count()).isEqualTo(2);
    }

    @Test
    void aNullTextGivesNulls() {
        Row row = model.transform(SharedSpark.session().sql("select cast(null as string) as text"))
                .first();

        assertThat(row.<Object>getAs("prediction")).isNull();
        assertThat(row.<Object>getAs("found")).isNull();
    }

    @Test
    void everyParamIsExplainedWithItsDefaultAndIsThatOfItsAccessor() {
        FederatedTokenClassifier classifier = new FederatedTokenClassifier();

        assertThat(classifier.explainParams())
                .contains("tagsCol: the column with an array of IOB2 tags, one a word (default: tags)")
                .contains("predictionCol: the column that gets one tag a word (default: prediction)");
        assertThat(classifier.explainParams().lines())
                .hasSizeGreaterThan(30)
                .allMatch(line -> line.matches("\\w+: .+\\(.+\\)"));
        assertThat(List.of(
                        classifier.textCol(),
                        classifier.tagsCol(),
                        classifier.predictionCol(),
                        classifier.entitiesCol()))
                .extracting(param -> param.name() + "=" + classifier.getOrDefault(param))
                .containsExactly("textCol=text", "tagsCol=tags", "predictionCol=prediction", "entitiesCol=entities");
    }

    @Test
    void aCopyHasTheSameParamsAndThoseGiven() {
        FederatedTokenClassifier classifier = classifier("warehouse");

        FederatedTokenClassifier copy =
                (FederatedTokenClassifier) classifier.copy(ParamMap.empty().put(classifier.rounds(), 5));
        FederatedTokenClassificationModel renamed = model.copy(ParamMap.empty().put(model.predictionCol(), "tagged"));

        assertThat(copy.uid()).isEqualTo(classifier.uid());
        assertThat(classifier.getOrDefault(classifier.rounds())).isEqualTo(2);
        assertThat(copy.explainParams()).isEqualTo(classifier.setRounds(5).explainParams());
        assertThat(renamed.parent()).isEqualTo(model.parent());
        assertThat(renamed.transform(notes).drop("tagged", "found").collectAsList())
                .isEqualTo(notes.collectAsList());
        assertThat(renamed.transform(notes).select("tagged").collectAsList())
                .isEqualTo(model.transform(notes).select("prediction").collectAsList());
    }
}
