package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/** What evaluate, score and report refuse, and the odd texts that score takes. */
class ScoreRefusedTest {

    @TempDir
    static Path directory;

    private static SmallWorld world;

    @BeforeAll
    static void train() {
        world = SmallWorld.trainedIn(directory);
    }

    @Test
    void aRunThatIsNotThere() {
        String missing = "no run ghost";
        world.refused("evaluate", "--run-id", "ghost")
                .refusedWith(missing, world.warehouse().toString());
        world.refused("report", "--run-id", "ghost").refusedWith(missing, "train it first");
        world.refused("report", "--run-id", "small,ghost").refusedWith(missing);
        String input = texts("ghost.csv", "text\nrain\n");
        world.refused("score", "--run-id", "ghost", "--input", input, "--output", out("ghost"))
                .refusedWith(missing);
    }

    @Test
    void aWarehouseThatIsNotThere() {
        String nowhere = world.file("nowhere").toString();
        Outcome.of("evaluate", "--run-id", "small", "--warehouse", nowhere).refusedWith(nowhere, "is no warehouse");
        assertThat(world.file("nowhere")).doesNotExist();
    }

    @Test
    void aRoundOrSplitThatIsNotThere() {
        world.refused("evaluate", "--run-id", "small", "--round", "7").refusedWith("rounds 0 to 1, not 7");
        world.refused("evaluate", "--run-id", "small", "--round", "-1").refusedWith("not -1");
        world.refused("evaluate", "--run-id", "small", "--split", "dev").refusedWith("'dev'", "train and test");
        world.job("evaluate", "--run-id", "small", "--round", "0").done();
    }

    @Test
    void hostileNamesOfReports() {
        for (String name : List.of("../../escaped", "", "a/b", "x".repeat(300))) {
            world.refused("report", "--run-id", "small", "--name", name).refusedWith("--name must be");
        }
        assertThat(world.file("escaped.html")).doesNotExist();
        world.job("report", "--run-id", "small", "--name", "page").done();
        assertThat(world.warehouse().resolve("reports/page.html")).exists();
    }

    @Test
    void anInputThatIsNotThere() {
        for (String format : List.of("csv", "json", "parquet", "delta")) {
            String nowhere = world.file("nowhere").toString();
            world.refused("score", score(nowhere, out("a"), "--format", format)).refusedWith("--input " + nowhere);
        }
        world.refused("score", score("", out("a"))).refusedWith("--input");
    }

    @Test
    void anInputOfAnotherFormat() {
        String csv = texts("plain.csv", "text\nrain falls\nand falls\n");
        world.refused("score", score(csv, out("b"))).refusedWith("--input " + csv, "--format");
        world.refused("score", score(csv, out("b"), "--format", "delta")).refusedWith("--input " + csv, "--format");
        world.job("score", score(csv, out("b"), "--format", "csv")).done();
    }

    @Test
    void aColumnThatIsNotThereOrNoText() {
        String csv = texts("body.csv", "body\nrain falls\n");
        world.refused("score", score(csv, out("c"), "--format", "csv"))
                .refusedWith("no column 'text'", "[body]", "--text-column");
        String numbers = texts("numbers.json", "{\"text\": 5.5}\n");
        world.refused("score", score(numbers, out("c"), "--format", "json"))
                .refusedWith(numbers + ":1", "'text' is a JSON NUMBER", "max-bad-share");
        String taken = texts("taken.csv", "text,prediction\nrain,x\n");
        world.refused("score", score(taken, out("c"), "--format", "csv"))
                .refusedWith("already has a column 'prediction'");
        world.job("score", score(csv, out("c"), "--format", "csv", "--text-column", "body"))
                .done();
    }

    @Test
    void anOutputThatIsThere() throws Exception {
        String csv = texts("again.csv", "text\nrain falls\n");
        Files.createDirectories(world.file("d"));
        for (String format : List.of("parquet", "json", "delta")) {
            world.refused("score", score(csv, out("d"), "--format", "csv", "--output-format", format))
                    .refusedWith("--output " + out("d"), "exists already");
        }
        Files.delete(world.file("d"));
        world.job("score", score(csv, out("d"), "--format", "csv")).done();
    }

    @Test
    void anOutputThatIsNoPath() {
        String csv = texts("lost.csv", "text\nrain falls\n");
        for (String output : List.of("", "gopher://host/x", "a:b")) {
            world.refused("score", score(csv, output, "--format", "csv")).refusedWith("--output", "'" + output + "'");
        }
        world.refused("score", score(csv, out("e"), "--format", "csv", "--output-format", "csv"))
                .refusedWith("--output-format", "JSON");
    }

    @Test
    void aFileThatIsDamagedAmongGoodOnes() {
        Path parquet = world.file("damaged.parquet");
        String csv = texts("good.csv", "text\nrain falls\n");
        Outcome.spark().read().option("header", "true").csv(csv).write().parquet(parquet.toString());
        Path bad = world.write("damaged.parquet/part-x.parquet", "PAR1 and no more");
        world.refused("score", score(parquet.toString(), out("f"))).refusedWith(bad.toString(), "damaged");
        bad.toFile().delete();
        world.job("score", score(parquet.toString(), out("f"))).done();
    }

    @Test
    void nullEmptyAndHugeTexts() {
        String json = texts(
                "odd.json",
                "{\"n\": 1, \"text\": null}\n{\"n\": 2, \"text\": \"\"}\n{\"n\": 3, \"text\": \""
                        + "word ".repeat(210_000) + "\"}\n{\"n\": 4, \"text\": \"" + "x".repeat(1_050_000)
                        + "\"}\n{\"n\": 5, \"text\": \" \\ud83d\"}\n");
        world.job("score", score(json, out("odd"), "--format", "json", "--max-bad-share", "0.2"))
                .done();
        List<Row> rows = Outcome.spark().read().parquet(out("odd")).orderBy("n").collectAsList();
        assertThat(rows).as("without the text that holds half a surrogate pair").hasSize(4);
        assertThat(rows.get(0).<String>getAs("prediction")).isNull();
        assertThat(rows.get(0).<Object>getAs("probability")).isNull();
        for (Row row : rows.subList(1, 4)) {
            assertThat(row.<String>getAs("prediction")).isNotNull();
            List<Double> probabilities = row.getList(row.fieldIndex("probability"));
            assertThat(probabilities.stream().mapToDouble(Double::doubleValue).sum())
                    .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5));
        }
    }

    @Test
    void whatPrepareTakesForMalformedIsMalformedHereToo() {
        Path csv = world.write("latin.csv", "text\ncaf\u00e9\nplain\na,b\n".getBytes(StandardCharsets.ISO_8859_1));
        world.refused("score", score(csv.toString(), out("latin"), "--format", "csv"))
                .refusedWith("2 of 3 records are malformed", csv + ":2", "0xE9", "UTF-8");
        world.job("score", score(csv.toString(), out("latin"), "--format", "csv", "--max-bad-share", "0.7"))
                .done();
        assertThat(Outcome.spark()
                        .read()
                        .parquet(out("latin"))
                        .select("text")
                        .as(Encoders.STRING())
                        .collectAsList())
                .containsExactly("plain");
    }

    @Test
    void aNameIsNoPattern() {
        world.write("in/a1.tsv", "text\tn\nwrong\t0\n");
        String input = texts("in/a[1] 50%:{x}.tsv", "text\tn\nrain \"falls\t1\n\t2\nsnow\t3\n");
        world.job("score", score(input, out("o[1] 50%"), "--format", "tsv", "--output-format", "json"))
                .done();
        assertThat(Outcome.spark()
                        .read()
                        .option("__globPaths__", "false")
                        .json(out("o[1] 50%"))
                        .select("n", "text")
                        .as(Encoders.tuple(Encoders.STRING(), Encoders.STRING()))
                        .collectAsList())
                .containsExactlyInAnyOrder(
                        new Tuple2<>("1", "rain \"falls"), new Tuple2<>("2", null), new Tuple2<>("3", "snow"));
    }

    private static String texts(String name, String text) {
        return world.write(name, text).toString();
    }

    private static String out(String name) {
        return world.file(name).toString();
    }

    private static String[] score(String input, String output, String... options) {
        List<String> all = new ArrayList<>(List.of("--run-id", "small", "--input", input, "--output", output));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }
}
