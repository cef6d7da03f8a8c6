package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsTest {

    private static final List<String> RESULT = List.of("run_id", "rounds", "metric", "value", "seconds");

    /** What a job that trains says besides. */
    private static final List<String> TRAINED =
            List.of("run_id", "rounds", "metric", "value", "best_round", "best_value", "seconds", "adapters_sha256");

    @TempDir
    static Path directory;

    private static String conf;
    private static String warehouse;

    /** What {@code run} prints for an experiment of one round with a baseline. */
    private static Outcome run;

    @BeforeAll
    static void runAll() throws IOException {
        SharedSpark.session();
        conf = directory.resolve("tiny.yaml").toString();
        Files.writeString(
                Path.of(conf), Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
        warehouse = directory.resolve("warehouse").toString();
        run = runPipeline();
    }

    private static Outcome runPipeline() {
        return Outcome.of(
                        "run",
                        "--conf",
                        conf,
                        "--warehouse",
                        warehouse,
                        "--set",
                        "federation.rounds=1",
                        "--set",
                        "baselines={lora: {method.kind: lora}}")
                .done();
    }

    @Test
    void runEndsWithOneJsonObjectAfterTheTablesAndThePaths() {
        JsonNode json = json(run);

        assertThat(json.get("run_id").asText()).isEqualTo("tiny");
        assertThat(json.get("rounds").asInt()).isEqualTo(1);
        assertThat(json.get("metric").asText()).isEqualTo("accuracy");
        assertThat(json.get("value").asDouble()).isBetween(0.0, 1.0);
        assertThat(json.get("seconds").asDouble()).isPositive();
        assertThat(json.get("adapters_sha256").asText()).matches("[0-9a-f]{64}");
        assertThat(keys(json)).isEqualTo(TRAINED);
        assertThat(run.out())
                .contains("Run tiny: federa on tiny")
                .contains("After 1 rounds:")
                .contains("(tiny-lora)")
                .contains("Tables  file:" + warehouse + "/tables")
                .contains("Report  file:" + warehouse + "/reports/tiny.html");
        assertThat(Path.of(warehouse, "reports/tiny.html")).content().contains("tiny-lora");
    }

    @Test
    void runsListsEveryRunWithItsStatus() {
        Outcome listed = Outcome.of("runs", "--warehouse", warehouse).done();

        JsonNode runs = json(listed).get("runs");
        assertThat(runs).extracting(r -> r.get("run_id").asText()).containsExactly("tiny", "tiny-lora");
        assertThat(runs).allSatisfy(r -> {
            assertThat(r.get("status").asText()).isEqualTo("finished");
            assertThat(r.get("round").asInt()).isEqualTo(1);
            assertThat(r.get("rounds").asInt()).isEqualTo(1);
            assertThat(r.get("metric").asText()).isEqualTo("accuracy");
            assertThat(r.get("error").isNull()).isTrue();
        });
        assertThat(runs.get(0).get("value")).isEqualTo(json(run).get("value"));
        assertThat(runs.get(1).get("method").asText()).isEqualTo("lora");
        assertThat(listed.out()).contains("tiny-lora").contains("finished").contains("1/1");
    }

    @Test
    void roundsListsTheCommittedRoundsOfARun() {
        Outcome listed = Outcome.of("rounds", "--warehouse", warehouse, "--run-id", "tiny")
                .done();

        JsonNode rounds = json(listed).get("rounds");
        assertThat(rounds).extracting(r -> r.get("round").asInt()).containsExactly(0, 1);
        assertThat(rounds.get(1).get("adapters_sha256")).isEqualTo(json(run).get("adapters_sha256"));
        assertThat(rounds.get(1).get("metrics").get("accuracy"))
                .isEqualTo(json(run).get("value"));
        assertThat(rounds.get(0).get("train_loss").isNull()).isTrue();
        assertThat(rounds.get(1).get("failed")).isEmpty();
        assertThat(listed.out()).contains("Run tiny: federa on tiny");
        assertThat(Outcome.of("rounds", "--warehouse", warehouse, "--run-id", "nobody"))
                .satisfies(o -> o.refusedWith("has no run nobody"));
    }

    @Test
    void aFreshModelIsAFunctionOfItsSeedAndCanBeImported() throws IOException {
        String[] init = {
            "init-model",
            "--config",
            Tiny.model().toString(),
            "--tokenizer",
            Tiny.model().toString(),
            "--output"
        };
        Path fresh = directory.resolve("fresh");
        Path same = directory.resolve("same");
        Outcome.of(with(init, fresh.toString(), "--seed", "5")).done();
        Outcome.of(with(init, same.toString(), "--seed", "5")).done();
        Outcome.of(with(init, fresh.toString(), "--seed", "5")).refusedWith("--output " + fresh, "exists already");

        assertThat(fresh.resolve("model.safetensors")).hasSameBinaryContentAs(same.resolve("model.safetensors"));
        Outcome.of("import-model", "--warehouse", warehouse, "--name", "fresh", "--source", fresh.toString())
                .done();
    }

    private static String[] with(String[] arguments, String... more) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
                .toArray(String[]::new);
    }

    @Test
    void runAgainSkipsWhatIsThere() {
        JsonNode again = json(runPipeline());

        for (String key : List.of("run_id", "rounds", "metric", "value", "adapters_sha256")) {
            assertThat(again.get(key)).as(key).isEqualTo(json(run).get(key));
        }
        assertThat(SharedSpark.session()
                        .read()
                        .format("delta")
                        .load(warehouse + "/tables/runs")
                        .collectAsList())
                .extracting(row -> row.<String>getAs("run_id"), row -> row.<Integer>getAs("attempt"))
                .containsExactlyInAnyOrder(tuple("tiny", 1), tuple("tiny-lora", 1));
    }

    @Test
    void theJobsOneByOneEndAsRunDoes() {
        String other = directory.resolve("other").toString();
        assertThat(Outcome.of(
                                "import-model",
                                "--name",
                                "tiny",
                                "--source",
                                Tiny.model().toString(),
                                "--warehouse",
                                other)
                        .done()
                        .out())
                .startsWith("tiny  file:" + other + "/models/tiny  SHA-256 ");
        assertThat(Outcome.of("prepare", "--conf", conf, "--warehouse", other)
                        .done()
                        .out())
                .contains("topics  test  60 rows", "topics  train  200 rows", "topics  10 labels: ");
        assertThat(Outcome.of("partition", "--conf", conf, "--warehouse", other)
                        .done()
                        .out())
                .startsWith("topics-class-dirichlet-")
                .contains(": 5 clients, 5 with examples; ");

        Outcome trained = Outcome.of(
                        "train",
                        "--conf",
                        conf,
                        "--warehouse",
                        other,
                        "--run-id",
                        "alone",
                        "--set",
                        "federation.rounds=1")
                .done();

        JsonNode json = json(trained);
        assertThat(keys(json)).isEqualTo(TRAINED);
        assertThat(json.get("run_id").asText()).isEqualTo("alone");
        assertThat(json.get("rounds").asInt()).isEqualTo(1);
        assertThat(json.get("adapters_sha256")).isEqualTo(json(run).get("adapters_sha256"));
        assertThat(json.get("value")).isEqualTo(json(run).get("value"));
    }

    @Test
    void evaluateEndsWithOneJsonObjectOfTheValueThatTrainingStored() {
        Outcome evaluated = Outcome.of("evaluate", "--run-id", "tiny", "--warehouse", warehouse)
                .done();

        JsonNode json = json(evaluated);
        assertThat(keys(json)).isEqualTo(RESULT);
        assertThat(json.get("run_id").asText()).isEqualTo("tiny");
        assertThat(json.get("rounds").asInt()).isEqualTo(1);
        assertThat(json.get("metric").asText()).isEqualTo("accuracy");
        assertThat(json.get("value")).isEqualTo(json(run).get("value"));
        assertThat(evaluated.out()).contains("macro_f1 ", "loss ");

        JsonNode start = json(
                Outcome.of("evaluate", "--run-id", "tiny", "--round", "0", "--split", "train", "--warehouse", warehouse)
                        .done());
        assertThat(start.get("rounds").asInt()).isZero();
    }

    @Test
    void scoreWritesPredictionsAndEndsWithOneJsonObject() throws IOException {
        Path csv = Files.writeString(
                directory.resolve("texts.csv"),
                "id,body\n1,the orchestra played\n2,\"a \"\"quoted\"\" text,\nover two lines\"\n3,\n");
        String output = directory.resolve("scored").toString();

        Outcome scored = Outcome.of(
                        "score",
                        "--run-id",
                        "tiny",
                        "--input",
                        csv.toString(),
                        "--format",
                        "csv",
                        "--text-column",
                        "body",
                        "--output",
                        output,
                        "--output-format",
                        "json",
                        "--warehouse",
                        warehouse)
                .done();

        JsonNode json = json(scored);
        assertThat(keys(json)).isEqualTo(RESULT);
        assertThat(json.get("metric").asText()).isEqualTo("rows");
        assertThat(json.get("value").asInt()).isEqualTo(3);
        Dataset<Row> rows = SharedSpark.session().read().json(output).orderBy("id");
        assertThat(rows.columns()).contains("id", "body", "prediction", "probability");
        assertThat(rows.collectAsList())
                .extracting(row -> row.<String>getAs("prediction") != null)
                .containsExactly(true, true, false);
        List<String> labels = Pattern.compile("Each probability is of (.+), in this order")
                .matcher(scored.out())
                .results()
                .flatMap(order -> Stream.of(order.group(1).split(", ")))
                .toList();
        List<Double> probability = rows.first().getList(rows.first().fieldIndex("probability"));
        assertThat(labels.get(probability.indexOf(Collections.max(probability))))
                .isEqualTo(rows.first().getAs("prediction"));
    }

    @Test
    void reportPrintsThePathOfItsPage() {
        Outcome reported = Outcome.of(
                        "report", "--run-id", "tiny,tiny-lora", "--name", "both", "--warehouse", warehouse)
                .done();

        assertThat(reported.lastLine()).isEqualTo("file:" + warehouse + "/reports/both.html");
        assertThat(Path.of(warehouse, "reports/both.html"))
                .content()
                .startsWith("<!DOCTYPE html>")
                .contains("tiny-lora");
    }

    @Test
    void everyJobTeachesItself() {
        for (String job : List.of(
                "run",
                "compare",
                "import-model",
                "prepare",
                "partition",
                "train",
                "evaluate",
                "score",
                "report",
                "doctor",
                "bench")) {
            assertThat(Outcome.of(job, "--help").done().out()).as(job).contains("Usage: federa " + job);
        }
        assertThat(Outcome.of("--help").done().out()).contains("./federa quickstart");
    }

    private static JsonNode json(Outcome outcome) {
        try {
            return new ObjectMapper().readTree(outcome.lastLine());
        } catch (JsonProcessingException e) {
            throw new AssertionError("the last line is no JSON: " + outcome.lastLine(), e);
        }
    }

    private static List<String> keys(JsonNode json) {
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
