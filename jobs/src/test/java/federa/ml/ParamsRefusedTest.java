package federa.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParamsRefusedTest {

    @TempDir
    Path directory;

    private static Arguments set(String message, Consumer<FederatedTextClassifier> setter) {
        return Arguments.of(message, setter);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                set("training.learning-rate must be above 0, got -1.0", c -> c.setLearningRate(-1)),
                set("training.epochs must be at least 1, got 0", c -> c.setEpochs(0)),
                set("federation.rounds must be 1 to 999999, got 0", c -> c.setRounds(0)),
                set("method.rank must be at least 1, got 0", c -> c.setRank(0)),
                set("method.targets must name at least one layer", c -> c.setTargets(new String[0])),
                set("method.kind must be one of [bitfit, federa, full,", c -> c.setMethod("adapter")),
                set("partition.kind must be one of [class-dirichlet,", c -> c.setPartitioner("none")),
                set("data.max-tokens must be at least 3, got 2", c -> c.setMaxTokens(2)),
                set(
                        "federation.aggregator.weighting must be one of [num-examples, uniform]",
                        c -> c.setWeighting("equal")),
                set("compute.precision must be one of [auto, fp32, bf16, bf16-storage]", c -> c.setPrecision("fp8")));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongValueIsRefusedWhenItIsSetInTheWordsOfTheConfiguration(
            String message, Consumer<FederatedTextClassifier> setter) {
        assertThatThrownBy(() -> setter.accept(new FederatedTextClassifier()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("param ")
                .hasMessageContaining(message);
    }

    @Test
    void paramsThatDoNotAgreeAreRefusedByFit() {
        refused(
                classifier().setNumClients(2).setClientsPerRound(3),
                "clients-per-round must be at most partition.clients");
        refused(classifier().setSettings(new String[] {"method.rnak=3"}), "unknown key 'method.rnak'");
        refused(classifier().setMaxTokens(100), "100");
        refused(classifier().setRunId("a/b"), "runId must be 1 to 100 letters");
        refused(new FederatedTextClassifier().setWarehouse(directory.toString()), "set the param baseModel");
        refused(classifier().setBaseModel("no-such-model"), "no-such-model");
    }

    @Test
    void wrongColumnsAndRowsAreRefusedByFit() {
        refused(
                classifier().setTextCol("body"),
                "there is no column 'body' among [text, label, tags]; name it with textCol");
        refused(classifier().setLabelCol("tags"), "is array<string> and must be string");
        refused(classifier().setPredictionCol("text"), "there is already a column 'text'");
        assertThatThrownBy(() -> classifier().fit(rows().selectExpr("text", "nullif(label, 'b') as label")))
                .hasMessageContaining("1 of 2 records are malformed")
                .hasMessageContaining("the given rows: the label is null");
        assertThatThrownBy(() -> classifier().fit(rows().selectExpr("text", "double('NaN') as label")))
                .hasMessageContaining("the label is NaN, which is no class");
        assertThatThrownBy(() -> classifier()
                        .setClientCol("author")
                        .fit(rows().selectExpr("text", "label", "nullif(label, 'b') as Author")))
                .hasMessageContaining("the column 'author', which clientCol names, is null in 1 rows");
        assertThatThrownBy(() -> new FederatedTokenClassifier()
                        .setBaseModel(Tiny.model().toString())
                        .setWarehouse(directory.toString())
                        .fit(rows()))
                .hasMessageContaining("the text has 2 words, separated by one space each, and 1 tags");
    }

    @Test
    void aModelOfAWarehouseThatIsNotThereIsRefusedAndMakesNone() {
        Path nowhere = directory.resolve("nowhere");
        FederatedTextClassificationModel model = new FederatedTextClassificationModel()
                .setWarehouse(nowhere.toString())
                .setRunId("run");

        assertThatThrownBy(() -> model.transform(rows().select("text")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("param warehouse file:%s is no warehouse", nowhere);
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aSessionWithoutDeltaIsRefusedWithTheOptionsThatItNeeds() {
        SparkSession other = SharedSpark.session().newSession();
        other.conf().set("spark.sql.catalog.spark_catalog", "org.example.NoDelta");

        assertThatThrownBy(() -> federa.pipeline.Workspace.of(other, "warehouse", directory.toString()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this Spark session lacks Delta; start it with --conf spark.sql.extensions=");
    }

    @Test
    void aProcessThatWritesNumbersInOtherDigitsIsRefused() {
        Locale before = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("fa-IR"));
        try {
            refused(classifier(), "the digits of its locale, fa-IR");
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, before);
        }
    }

    private FederatedTextClassifier classifier() {
        return new FederatedTextClassifier()
                .setBaseModel(Tiny.model().toString())
                .setWarehouse(directory.toString())
                .setMaxTokens(32);
    }

    private void refused(FederatedTextClassifier classifier, String message) {
        assertThatThrownBy(() -> classifier.fit(rows()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static Dataset<Row> rows() {
        StructType schema = new StructType()
                .add("text", DataTypes.StringType)
                .add("label", DataTypes.StringType)
                .add("tags", DataTypes.createArrayType(DataTypes.StringType));
        return SharedSpark.session()
                .createDataFrame(
                        List.of(
                                RowFactory.create("a text", "a", new String[] {"O"}),
                                RowFactory.create("another text", "b", new String[] {"O", "O"})),
                        schema);
    }
}
