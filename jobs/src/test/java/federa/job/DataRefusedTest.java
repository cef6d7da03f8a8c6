package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw data that prepare refuses, naming file and line; once mended, or allowed for, it is prepared. */
class DataRefusedTest {

    private static final String GOOD = "text,label\nthe sun shines,a\nrain falls,b\nsnow lies,a\nwind blows,b\n";

    @TempDir
    Path directory;

    private SmallWorld world;
    private Path train;

    @BeforeEach
    void write() {
        world = SmallWorld.in(directory);
        train = world.write("train.csv", GOOD);
        world.write("test.csv", GOOD);
    }

    @Test
    void aFileThatIsNotThere() throws Exception {
        Files.delete(train);
        refusedWith("train data " + train, "check the path");
        world.write("train.csv", GOOD);
        prepared().done();
    }

    @Test
    void aColumnThatIsNotThere() {
        world.write("train.csv", GOOD.replace("text,label", "body,label"));
        refusedWith(train + ":1", "no column 'text'", "[body, label]");
        prepared("--set", "data.source.text=body", "--set", "data.source.test=" + train)
                .done();
    }

    @Test
    void anEmptyFile() {
        world.write("train.csv", "");
        refusedWith(train.toString(), "empty");
        world.write("train.csv", "text,label\n");
        refusedWith("no usable train rows");
        world.write("train.csv", GOOD);
        prepared().done();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "   "})
    void anEmptyText(String text) {
        world.write("train.csv", GOOD + text + ",a\n");
        refusedWith("1 of 9 records are malformed", train + ":6", "the text is empty", "raise max-bad-share");
        Outcome allowed = prepared("--set", "data.max-bad-share=0.2").done();
        assertThat(allowed.out()).contains("train  4 rows");
    }

    @Test
    void aNullText() {
        Path jsonl = world.write("train.jsonl", "{\"text\": \"rain\", \"label\": 1}\n{\"text\": null, \"label\": 1}\n");
        String[] source = {"--set", "data.source.train=" + jsonl};
        world.refusedExperiment("prepare", with(source)).refusedWith(jsonl + ":2", "the text is null");
        prepared("--set", "data.source.train=" + jsonl, "--set", "data.max-bad-share=0.5")
                .done();
    }

    @Test
    void bytesThatAreNotUtf8() {
        byte[] bytes = (GOOD + "caf\u00e9 au lait,a\n").getBytes(StandardCharsets.ISO_8859_1);
        world.write("train.csv", bytes);
        refusedWith(train + ":6", "0xE9", "not UTF-8", "iconv");
        world.write("train.csv", new String(bytes, StandardCharsets.ISO_8859_1));
        prepared().done();
    }

    @Test
    void aDamagedParquetFile() {
        Path parquet = world.file("train.parquet");
        Outcome.spark()
                .read()
                .option("header", "true")
                .csv(train.toString())
                .coalesce(1)
                .write()
                .parquet(parquet.toString());
        world.write("train.parquet/part-zero.parquet", "PAR1 and no more");
        String[] source = {"--set", "data.source.train=" + parquet};
        world.refusedExperiment("prepare", with(source)).refusedWith(parquet.toString(), "fetch");
    }

    @Test
    void aTextOfAMegabyte() {
        world.write("train.csv", GOOD + "word ".repeat(210_000) + ",a\n" + "x".repeat(1_100_000) + ",b\n");
        assertThat(prepared().done().out()).contains("train  6 rows");
    }

    @Test
    void anotherSourceUnderTheSameName() {
        prepared().done();
        world.write("other.csv", GOOD);
        world.refusedExperiment("prepare", with("--set", "data.source.test=" + world.file("other.csv")))
                .refusedWith("the data set topics", world.warehouse().toString(), "use another data.name");
    }

    private Outcome refusedWith(String... parts) {
        Outcome outcome = world.refusedExperiment("prepare", with()).refusedWith(parts);
        assertThat(world.warehouse().resolve("datasets")).doesNotExist();
        return outcome;
    }

    private Outcome prepared(String... options) {
        return world.experiment("prepare", with(options));
    }

    /** The experiment's source replaced by the two files. */
    private String[] with(String... options) {
        List<String> all = new ArrayList<>(List.of(
                "--set",
                "data.source={format: columns, train: %s, test: %s, text: text, label: label, id: none, key: none}"
                        .formatted(train, world.file("test.csv"))));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }
}
