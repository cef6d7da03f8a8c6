package federa.ml;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.Notes;
import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
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

class FederatedQuestionAnswererTest {

    @TempDir
    static Path directory;

    private static Dataset<Row> notes;
    private static FederatedQuestionAnsweringModel model;

    @BeforeAll
    static void fit() {
        notes = Notes.rows().withColumn("held", expr("id >= 16")).cache();
        model = answerer("warehouse").setValidationIndicatorCol("held").fit(notes);
    }

    /** Learns the notes well enough to find some answers. */
    private static FederatedQuestionAnswerer answerer(String warehouse) {
        return new FederatedQuestionAnswerer()
                .setBaseModel(Tiny.model().toString())
                .setWarehouse(directory.resolve(warehouse).toString())
                .setContextCol("text")
                .setPredictedAnswersCol("best")
                .setClientCol("label")
                .setClientsPerRound(2)
                .setRounds(2)
                .setEpochs(20)
                .setBatchSize(4)
                .setMethod("full")
                .setLearningRate(0.01)
                .setMaxTokens(48)
                .setSettings(new String[] {"task.overlap=4", "task.max-question=16"});
    }

    @Test
    void theModelAddsPartsOfTheContextTheMostProbableFirst() {
        List<Row> rows = model.transform(notes).collectAsList();

        assertThat(rows).hasSize(24);
        for (Row row : rows) {
            List<Row> best = row.getList(row.fieldIndex("best"));
            String context = row.getAs("text");
            assertThat(best).isNotEmpty().allSatisfy(answer -> {
                assertThat(answer.<String>getAs("text"))
                        .isEqualTo(context.substring(answer.getAs("start"), answer.getAs("end")));
                assertThat(answer.<Double>getAs("probability")).isBetween(0.0, 1.0);
            });
            assertThat(best)
                    .isSortedAccordingTo(Comparator.comparing((Row answer) -> answer.<Double>getAs("probability"))
                            .reversed());
            assertThat(row.<String>getAs("prediction")).isEqualTo(best.get(0).getAs("text"));
            assertThat(row.<Double>getAs("probability")).isEqualTo(best.get(0).getAs("probability"));
        }
        assertThat(model.transformSchema(notes.schema()))
                .isEqualTo(model.transform(notes).schema());
    }

    @Test
    void theSummaryHasTheRoundsTheClientsAndTheMetricsOfTheHeldRows() {
        long right = model.transform(notes.where("held"))
                .where("prediction = answers[0]")
                .count();

        Dataset<Row> last = model.summary().evaluations().where("round = 2");

        assertThat(model.summary().rounds().collectAsList())
                .extracting(row -> row.<Integer>getAs("round"))
                .containsExactly(0, 1, 2);
        assertThat(model.summary().clientUpdates().collectAsList())
                .extracting(row -> row.<Long>getAs("num_examples"))
                .containsExactly(8L, 8L, 8L, 8L);
        assertThat(last.select("num_examples").distinct().collectAsList())
                .extracting(row -> row.getLong(0))
                .containsExactly(8L);
        assertThat(right).isPositive();
        assertThat(last.where("metric = 'exact_match'").select("value").first().getDouble(0))
                .isEqualTo(right / 8.0);
    }

    @Test
    void aPipelineWithItIsSavedAndLoadedAndPredictsWithoutTheWarehouseItWasTrainedIn() throws IOException {
        SQLTransformer questions =
                new SQLTransformer().setStatement("select *, concat('tell me : ', question) as asked from __THIS__");
        FederatedQuestionAnswerer answerer =
                answerer("pipelines").setQuestionCol("asked").setRounds(1).setEpochs(1);
        Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {questions, answerer});
        pipeline.save(directory.resolve("pipeline").toString());
        Pipeline loaded = Pipeline.load(directory.resolve("pipeline").toString());

        PipelineModel fitted = loaded.fit(notes);
        List<Row> before = fitted.transform(notes).collectAsList();
        fitted.save(directory.resolve("pipeline-model").toString());
        FileUtil.fullyDelete(directory.resolve("pipelines").toFile());
        PipelineModel again =
                PipelineModel.load(directory.resolve("pipeline-model").toString());
        FederatedQuestionAnsweringModel loadedModel = (FederatedQuestionAnsweringModel) again.stages()[1];

        assertThat(((FederatedQuestionAnswerer) loaded.getStages()[1]).explainParams())
                .isEqualTo(answerer.explainParams());
        assertThat(again.transform(notes).collectAsList()).isEqualTo(before).hasSize(24);
        assertThat(loadedModel.uid()).isEqualTo(fitted.stages()[1].uid());
        assertThat(loadedModel.summary().rounds().count()).isEqualTo(2);
    }

    @Test
    void withoutAColumnOfClientsQuestionsAreDividedByTheClustersOfTheirContexts() {
        FederatedQuestionAnswerer answerer = answerer("divided");
        answerer.clear(answerer.clientCol());

        FederatedQuestionAnsweringModel divided =
                answerer.setNumClients(2).setRounds(1).setEpochs(1).fit(notes);

        Row updates = divided.summary()
                .clientUpdates()
                .selectExpr("count(*)", "sum(num_examples)")
                .first();
        assertThat(answerer.getOrDefault(answerer.partitioner())).isEqualTo("cluster-dirichlet");
        assertThat(updates.getLong(0)).isEqualTo(2);
        assertThat(updates.getLong(1)).isEqualTo(24);
    }

    @Test
    void aNullQuestionGivesNulls() {
        Row row = model.transform(SharedSpark.session()
                        .sql("select 'the city of Vienna' as text, cast(null as string) as question"))
                .first();

        assertThat(row.<Object>getAs("prediction")).isNull();
        assertThat(row.<Object>getAs("probability")).isNull();
        assertThat(row.<Object>getAs("best")).isNull();
    }

    @Test
    void everyParamIsExplainedWithItsDefaultAndIsThatOfItsAccessor() {
        FederatedQuestionAnswerer answerer = new FederatedQuestionAnswerer();

        assertThat(answerer.explainParams())
                .contains(
                        "startsCol: the column with where each answer starts, in code points from 0 (default: starts)")
                .contains("probabilityCol: the column that gets the best answer's probability (default: probability)");
        assertThat(answerer.explainParams().lines())
                .hasSizeGreaterThan(30)
                .allMatch(line -> line.matches("\\w+: .+\\(.+\\)"));
        assertThat(List.of(
                        answerer.contextCol(),
                        answerer.questionCol(),
                        answerer.predictionCol(),
                        answerer.probabilityCol(),
                        answerer.predictedAnswersCol()))
                .extracting(param -> param.name() + "=" + answerer.getOrDefault(param))
                .containsExactly(
                        "contextCol=context",
                        "questionCol=question",
                        "predictionCol=prediction",
                        "probabilityCol=probability",
                        "predictedAnswersCol=predicted_answers");
    }

    @Test
    void aCopyHasTheSameParamsAndThoseGiven() {
        FederatedQuestionAnswerer answerer = answerer("warehouse");

        FederatedQuestionAnswerer copy =
                (FederatedQuestionAnswerer) answerer.copy(ParamMap.empty().put(answerer.rounds(), 5));
        FederatedQuestionAnsweringModel renamed = model.copy(ParamMap.empty().put(model.predictionCol(), "answer"));

        assertThat(copy.uid()).isEqualTo(answerer.uid());
        assertThat(answerer.getOrDefault(answerer.rounds())).isEqualTo(2);
        assertThat(copy.explainParams()).isEqualTo(answerer.setRounds(5).explainParams());
        assertThat(renamed.parent()).isEqualTo(model.parent());
        assertThat(renamed.transform(notes).select("answer").collectAsList())
                .isEqualTo(model.transform(notes).select("prediction").collectAsList());
    }
}
