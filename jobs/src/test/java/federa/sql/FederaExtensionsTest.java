package federa.sql;

import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.Notes;
import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import federa.ml.FederatedQuestionAnswerer;
import federa.ml.FederatedTextClassifier;
import federa.ml.FederatedTokenClassifier;
import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FederaExtensionsTest {

    @TempDir
    static Path directory;

    private static SparkSession spark;
    private static Workspace workspace;

    @BeforeAll
    static void train() {
        spark = SharedSpark.session();
        String warehouse = directory.resolve("warehouse").toString();
        spark.conf().set(Workspace.WAREHOUSE, warehouse);
        Notes.withNulls().write().parquet(directory.resolve("notes").toString());
        spark.read().parquet(directory.resolve("notes").toString()).createOrReplaceTempView("notes");
        String model = Tiny.model().toString();
        Dataset<Row> learnt = spark.table("notes").where("text is not null");
        new FederatedTextClassifier()
                .setBaseModel(model)
                .setWarehouse(warehouse)
                .setRunId("labels")
                .setPartitioner("iid")
                .setNumClients(1)
                .setClientsPerRound(1)
                .setRounds(1)
                .setMaxTokens(32)
                .fit(learnt);
        new FederatedTokenClassifier()
                .setBaseModel(model)
                .setWarehouse(warehouse)
                .setRunId("tags")
                .setPartitioner("iid")
                .setNumClients(1)
                .setClientsPerRound(1)
                .setRounds(1)
                .setMaxTokens(32)
                .fit(learnt);
        new FederatedQuestionAnswerer()
                .setBaseModel(model)
                .setWarehouse(warehouse)
                .setRunId("answers")
                .setContextCol("text")
                .setClientCol("label")
                .setClientsPerRound(2)
                .setRounds(1)
                .setMaxTokens(32)
                .setSettings(new String[] {"task.overlap=4", "task.max-question=8"})
                .fit(learnt);
        workspace = Workspace.existing(spark, Workspace.WAREHOUSE, warehouse);
    }

    @AfterAll
    static void forget() {
        spark.conf().unset(Workspace.WAREHOUSE);
    }

    @ParameterizedTest
    @CsvSource({
        "labels, 'federa_classify(''labels'', text)', prediction",
        "tags, 'federa_entities(''tags'', text)', entities",
        "answers, 'federa_answer(''answers'', question, text)', prediction"
    })
    void aFunctionGivesWhatScoringGivesAndNullForNull(String run, String call, String column) {
        Scoring scoring = new Scoring(workspace, run);
        Dataset<Row> scored =
                scoring.score(scoring.last(), spark.table("notes").select("id", "question", "text"), Map.of());

        List<Row> rows = spark.sql("select id, %s as said from notes order by id".formatted(call))
                .collectAsList();

        assertThat(rows)
                .isEqualTo(scored.select("id", column).orderBy("id").collectAsList())
                .hasSize(26);
        assertThat(rows.subList(0, 24)).noneMatch(row -> row.isNullAt(1));
        assertThat(rows.subList(24, 26)).allMatch(row -> row.isNullAt(1));
    }

    @Test
    void tokensAreThoseOfTheModelAndVectorsHaveItsWidth() {
        List<Row> rows = spark.sql("select text, federa_tokenize('labels', text), federa_tokenize('model', text),"
                        + " federa_embed('labels', text) from notes order by id")
                .collectAsList();

        try (Tokenizer tokenizer = Tokenizer.load(Tiny.model())) {
            for (Row row : rows.subList(0, 24)) {
                assertThat(row.<Integer>getList(1))
                        .isEqualTo(row.getList(2))
                        .containsExactly(Arrays.stream(tokenizer.encode(row.getString(0), 32))
                                .boxed()
                                .toArray(Integer[]::new));
                assertThat(row.<Float>getList(3)).hasSize(16);
            }
        }
        assertThat(rows.get(24)).isEqualTo(RowFactory.create(null, null, null, null));
    }

    @Test
    void equalCallsAreOneMapPartitionsAndUnusedColumnsAreNotRead() {
        Dataset<Row> counted = spark.sql("select federa_classify('labels', text) as said, count(*) as n from notes"
                + " where id < 20 and federa_classify('labels', text) is not null group by 1");

        String plan = counted.queryExecution().optimizedPlan().toString();

        assertThat(plan).doesNotContain("federa_classify(").containsOnlyOnce("MapPartitions");
        assertThat(counted.queryExecution().sparkPlan().toString())
                .contains("ReadSchema: struct<id:int,text:string>")
                .contains("LessThan(id,20)");
        assertThat(counted.agg(sum("n")).first().getLong(0)).isEqualTo(20);
    }

    @Test
    void callsStandAnywhereInAQuery() {
        List<Row> plain = spark.sql("select id, federa_classify('labels', text) from notes order by id")
                .collectAsList();
        String label = plain.get(0).getString(1);
        long same = plain.stream().filter(row -> label.equals(row.getString(1))).count();

        assertThat(spark.sql("select * from notes where federa_classify('labels', text) = '%s'".formatted(label)))
                .satisfies(rows -> {
                    assertThat(rows.columns()).isEqualTo(spark.table("notes").columns());
                    assertThat(rows.count()).isEqualTo(same);
                });
        assertThat(spark.sql("with said as (select id, federa_classify('labels', text) as l from notes)"
                                + " select a.id from said a join said b on a.id = b.id and a.l = b.l")
                        .count())
                .isEqualTo(24);
        assertThat(spark.sql("select n.id from notes n join (select 1 as one) o"
                                + " on federa_classify('labels', n.text) = '%s'".formatted(label))
                        .count())
                .isEqualTo(same);
        assertThat(spark.sql("select id, e.text from notes lateral view explode(federa_entities('tags', text)) x as e")
                        .collectAsList())
                .allMatch(row -> row.getInt(0) < 24);
        assertThat(spark.sql("select id from notes order by federa_classify('labels', text), id")
                        .collectAsList())
                .hasSize(26);
        assertThat(spark.sql("select federa_classify('labels', federa_answer('answers', question, text)) from notes"
                                + " where id = 0")
                        .first()
                        .getString(0))
                .isIn("music", "sport");
        assertThat(spark.sql("select federa_classify('labels', concat('the ', 'orchestra')), (select"
                                + " max(federa_classify('labels', text)) from notes)")
                        .first()
                        .anyNull())
                .isFalse();
        assertThat(spark.sql("select federa_classify('labels', null)").first().isNullAt(0))
                .isTrue();
    }

    @Test
    void aStreamIsScoredAsTheTableIs() throws Exception {
        Dataset<Row> stream = spark.readStream()
                .schema(spark.table("notes").schema())
                .parquet(directory.resolve("notes").toString());
        stream.createOrReplaceTempView("arriving");
        StreamingQuery query = spark.sql("select id, federa_classify('labels', text) as said from arriving")
                .writeStream()
                .format("parquet")
                .option("checkpointLocation", directory.resolve("checkpoint").toString())
                .start(directory.resolve("scored").toString());
        query.processAllAvailable();
        query.stop();

        assertThat(spark.read()
                        .parquet(directory.resolve("scored").toString())
                        .orderBy("id")
                        .collectAsList())
                .isEqualTo(spark.sql("select id, federa_classify('labels', text) from notes order by id")
                        .collectAsList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "federa_classify('none', text) | has no run none with a committed round",
                "federa_classify('tags', text) | run tags was trained for the task ner, not classification",
                "federa_tokenize('none', text) | has neither a run nor a model named none",
                "federa_classify(label, text) | the first argument names a run and must be a constant string",
                "federa_classify('labels') | federa_classify takes 2 arguments (run, text), got 1",
                "federa_classify('labels', id) | is int, not a string",
            })
    void aWrongCallIsAnAnalysisException(String call, String message) {
        assertThatThrownBy(() -> spark.sql("select %s from notes".formatted(call)))
                .isInstanceOf(AnalysisException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aWarehouseThatIsNotThereIsNotMade() {
        SparkSession other = spark.newSession();
        Path nowhere = directory.resolve("nowhere");
        other.conf().set(Workspace.WAREHOUSE, nowhere.toString());

        assertThatThrownBy(() -> other.sql("select federa_classify('labels', 'a text')"))
                .isInstanceOf(AnalysisException.class)
                .hasMessageContaining(
                        "federa_classify: spark.federa.warehouse file:%s is no warehouse; name one", nowhere)
                .hasMessageNotContaining("--warehouse");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void everyFunctionIsDescribed() {
        for (SqlFunction function : SqlFunction.values()) {
            assertThat(spark.sql("describe function " + function.sqlName())
                            .collectAsList()
                            .toString())
                    .contains(function.sqlName() + "(run");
        }
    }
}
