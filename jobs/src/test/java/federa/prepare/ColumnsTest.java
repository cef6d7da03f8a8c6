package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.fixture.SharedSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnsTest {

    private static final String HEADER = "topic,body,nr\n";
    private static final String JSON_TEST = "{\"body\":\"t\",\"topic\":\"a\",\"nr\":9}\n";

    @TempDir
    Path folder;

    @Test
    void readsCsvTsvAndJsonLinesAlike() {
        List<String> expected = List.of("test|a|t", "train|a|one, two", "train|b|x");
        String mark = "\uFEFF";

        assertThat(Fixture.values(of("x.csv", mark + HEADER + "a,\"one, two\",1\r\n\r\nb,x,2", HEADER + "a,t,9\n")))
                .isEqualTo(expected);
        assertThat(Fixture.values(of("x.tsv", "topic\tbody\na\tone, two\nb\tx\n", "topic\tbody\na\tt\n")))
                .isEqualTo(expected);
        assertThat(Fixture.values(of(
                        "x.jsonl",
                        "{\"body\":\"one, two\",\"topic\":\"a\"}\n\n{\"topic\":\"b\",\"body\":\"x\",\"nested\":{\"a\":[1]}}",
                        JSON_TEST)))
                .isEqualTo(expected);
    }

    @Test
    void readsParquetAndNumbersItsRows() {
        Dataset<Row> table = SharedSpark.session()
                .sql("select 7 as topic, 'text.one' as `the.body`, 'k1' as nr "
                        + "union all select 8, null, 'k2' union all select 8, 'two', 'k3'");
        String train = folder.resolve("train").toString();
        table.coalesce(1).write().parquet(train);
        String test = folder.resolve("test").toString();
        table.where("topic = 7").withColumn("nr", functions.lit("k4")).write().parquet(test);

        try (Prepared prepared = Fixture.prepare(new Columns(train, test, "the.body", "topic", "nr", "none"), 0.5)) {
            assertThat(Fixture.rows(prepared))
                    .isEqualTo(Map.of("k1", "train|7|text.one", "k3", "train|8|two", "k4", "test|7|text.one"));
            assertThat(prepared.counts().firstProblems())
                    .singleElement()
                    .asString()
                    .matches(".*\\.parquet:2: record k2: the text is null");
        }
    }

    @Test
    void keepsTheColumnThatSaysWhereARowComesFrom() throws IOException {
        Columns source = new Columns(
                packed("train.csv", "body,topic,author\none,a,ann\ntwo,b,\n"),
                packed("test.jsonl", "{\"body\": \"three\", \"topic\": \"a\", \"author\": null}\n"),
                "body",
                "topic",
                Columns.NONE,
                "author");
        try (Prepared prepared = Fixture.prepare(source)) {
            Map<String, String> keys = new java.util.TreeMap<>();
            prepared.rows().collectAsList().forEach(row -> keys.put(row.getAs("text"), row.getAs("key")));
            assertThat(keys)
                    .containsEntry("one", "ann")
                    .containsEntry("two", null)
                    .containsEntry("three", null);
        }
    }

    @Test
    void aParquetFileIsTheOneOfThatNameAndOnlyItsWantedColumnsAreRead() throws IOException {
        Path other = parquet("in/x1.parquet", "select 'wrong' as body, 'a' as topic");
        Path named = parquet("in/x[1] 50%#{y}*?.parquet", "select 'right' as body, 'a' as topic, 'z' as Topic");
        String sub = parquet("sub/topic=01/part.parquet", "select 'one' as body")
                .getParent()
                .getParent()
                .toString();
        parquet("sub/topic=a%3Ab/deep/part.parquet", "select 'two' as body");

        assertThat(Fixture.values(new Columns(named.toString(), sub, "body", "topic", "none", "none")))
                .containsExactly("test|01|one", "test|a:b|two", "train|a|right");

        parquet("sub/topic=03/part.parquet", "select 4 as body");
        assertThatThrownBy(() -> Fixture.prepare(new Columns(other.toString(), sub, "body", "topic", "none", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        ".*/sub/topic=03/part.parquet: column 'body' has the type INT, in .* it has STRING; .*");
    }

    /** A single Parquet file. */
    private Path parquet(String name, String query) throws IOException {
        SparkSession spark = SharedSpark.session().newSession();
        spark.conf().set("spark.sql.caseSensitive", "true");
        Path written = folder.resolve("written");
        spark.sql(query).coalesce(1).write().mode("overwrite").parquet(written.toString());
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (var files = Files.list(written)) {
            return Files.move(
                    files.filter(part -> part.toString().endsWith(".parquet"))
                            .findFirst()
                            .orElseThrow(),
                    file);
        }
    }

    @Test
    void whatALinkMakesReadableTwiceIsRefusedAndAnEmptyPartIsNoData() throws IOException {
        String test = Fixture.write(folder.resolve("test.csv"), HEADER + "a,t,9\n");
        Path part = Path.of(Fixture.write(folder.resolve("data/10:30 [x].csv"), HEADER + "a,one,1\n"));
        Fixture.write(folder.resolve("data/part-0.csv"), "");
        String train = folder.resolve("data").toString();
        assertThat(Fixture.values(new Columns(train, test, "body", "topic", "none", "none")))
                .containsExactly("test|a|t", "train|a|one");

        for (Path target : List.of(part, part.getParent())) {
            Path link = Files.createSymbolicLink(folder.resolve("data/sub.csv"), target);
            refused(
                    train,
                    test,
                    "train data " + link + " is the same as " + target
                            + ", by a link, and would be read twice; remove the link");
            Files.delete(link);
        }
    }

    @Test
    void refusesDamagedParquet() throws IOException {
        String train = folder.resolve("train").toString();
        SharedSpark.session()
                .range(20_000)
                .selectExpr("cast(id as string) as body", "'a' as topic", "id as nr")
                .coalesce(1)
                .write()
                .parquet(train);
        Path part;
        try (var files = Files.list(folder.resolve("train"))) {
            part = files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(part);

        String cut = Fixture.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Fixture.prepare(new Columns(cut, train, "body", "topic", "nr", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(cut + " cannot be read as Parquet (")
                .hasMessageEndingWith("; fetch or write it again");

        // The footer is whole, the pages are not.
        Arrays.fill(whole, 100, whole.length / 2, (byte) 7);
        String holed = Fixture.write(folder.resolve("holed.parquet"), whole);
        assertThatThrownBy(() -> Fixture.prepare(new Columns(holed, train, "body", "topic", "nr", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("columns: a file cannot be read (")
                .hasMessageContaining("holed.parquet")
                .hasMessageNotContaining("\n");
    }

    @Test
    void namesTheColumnsThatExist() {
        assertThatThrownBy(() -> Fixture.prepare(with("x.csv", HEADER + "a,b,1\n", HEADER + "a,b,1\n", "text", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("x.csv:1: the header has no column 'text'; its columns are [topic, body, nr]");

        assertThatThrownBy(() -> Fixture.prepare(with("x.jsonl", JSON_TEST, JSON_TEST, "text", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "test-x.jsonl:1: the object has no column 'text'; its columns are [body, topic, nr]");

        String parquet = folder.resolve("p").toString();
        SharedSpark.session()
                .sql("select 'a' as topic, array('b') as body")
                .write()
                .parquet(parquet);
        assertThatThrownBy(() -> Fixture.prepare(new Columns(parquet, parquet, "text", "topic", "none", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(parquet)
                .hasMessageEndingWith(".parquet has no column 'text'; its columns are [topic, body]");
        assertThatThrownBy(() -> Fixture.prepare(new Columns(parquet, parquet, "body", "topic", "none", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(parquet)
                .hasMessageEndingWith(
                        ".parquet: column 'body' has the type ARRAY<STRING>, expected a string or a number");
    }

    @Test
    void invalidUtf8CostsOneRecordAndIsNamed() {
        byte[] latin = (HEADER + "a,caf\u00e9,1\nb,fine,2\n").getBytes(StandardCharsets.ISO_8859_1);
        String train = Fixture.write(folder.resolve("train.csv"), latin);
        String test = Fixture.write(
                folder.resolve("test.jsonl"), concat(JSON_TEST, new byte[] {'"', (byte) 0xC3, '"', '\n'}));

        try (Prepared prepared = Fixture.prepare(new Columns(train, test, "body", "topic", "none", "none"), 0.5)) {
            assertThat(prepared.counts().rows()).isEqualTo(2);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            test
                                    + ":2: byte 0xC3 at position 2 of the record is not UTF-8; convert the file, for instance with iconv",
                            train
                                    + ":2: byte 0xE9 at position 4 of the record is not UTF-8; convert the file, for instance with iconv");
        }
    }

    @Test
    void malformedCsvRecordsAreNamedAndTheNextOnesStillRead() {
        String train = HEADER
                + "a,\"he said \"no\" twice\",1\nb,fine,2\na,short\n,no label,3\na,  ,4\nb,\"two\nlines\",5\na,x,y,z\n";

        try (Prepared prepared = Fixture.prepare(of("x.csv", train, HEADER + "b,t,9\n"), 0.9)) {
            assertThat(Fixture.rows(prepared).values())
                    .containsExactlyInAnyOrder("train|b|fine", "train|b|two\nlines", "test|b|t");
            assertThat(prepared.counts().malformed()).isEqualTo(5);
            assertThat(prepared.counts().firstProblems().stream().map(line -> line.replaceFirst(".*/", "")))
                    .containsExactly(
                            "train-x.csv:2: text follows a closing quote; a quote inside a quoted field must be doubled",
                            "train-x.csv:4: found 2 fields, the header has 3",
                            "train-x.csv:5: the label is empty",
                            "train-x.csv:6: the text is empty",
                            "train-x.csv:9: found 4 fields, the header has 3");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'topic,body,topic'      | the header names the column 'topic' twice; rename one of them
                    'topic,body\r\ra,b\r'   | a carriage return stands in the header; end each line with LF or CRLF
                    'topic;body'            | separate fields by commas in CSV and by tabs in TSV
                    'Topic,body'            | did you mean 'Topic'?
                    'topic,body\na, "b"'    | a blank stands before an opening quote
                    """)
    void whatIsWrongWithACsvFileIsSaid(String train, String said) {
        assertThatThrownBy(() -> Fixture.prepare(of("x.csv", train.translateEscapes(), HEADER + "a,t,9\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @Test
    void aQuoteThatNeverClosesIsRefusedWithItsLine() {
        assertThatThrownBy(() ->
                        Fixture.prepare(of("x.csv", HEADER + "a,b,1\na,\"open,2\na,b,3\n", HEADER + "a,t,9\n"), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("train-x.csv:3: a quote opens here and never closes; the file is cut off, "
                        + "or a quote is missing or not doubled");
    }

    @Test
    void malformedJsonIsNamed() {
        String train = "{\"body\":\"x\",\"topic\":\"a\"}\n{\"body\":\"x\",\"top\n[1]\n{\"body\":null,\"topic\":\"a\"}\n"
                + "{\"body\":\"x\",\"topic\":1.5}\n{\"body\":\"\\ud800\",\"topic\":\"a\"}\n"
                + "{\"body\":\"x\",\"topic\":true}\n{\"body\":\"x\",\"topic\":null}\n";

        try (Prepared prepared = Fixture.prepare(of("x.jsonl", train, JSON_TEST), 0.9)) {
            assertThat(prepared.counts().classes()).containsExactly("a", "true");
            assertThat(prepared.counts().malformed()).isEqualTo(6);
            assertThat(prepared.counts().firstProblems().stream().map(line -> line.replaceFirst(".*/", "")))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("train-x.jsonl:2: not JSON: Unexpected end-of-input"),
                            line -> assertThat(line)
                                    .isEqualTo("train-x.jsonl:3: found a JSON ARRAY, expected one object a line"),
                            line -> assertThat(line).isEqualTo("train-x.jsonl:4: the text is null"),
                            line -> assertThat(line)
                                    .isEqualTo(
                                            "train-x.jsonl:5: 'topic' is a JSON NUMBER, expected a string, a whole number or a boolean"),
                            line -> assertThat(line).isEqualTo("train-x.jsonl:6: 'body' holds half a surrogate pair"));
        }
    }

    @Test
    void tooManyMalformedRecordsAreRefusedAndAFewAreNot() {
        String train = HEADER + "a,b,1\n".repeat(8) + "bad\n";
        Columns source = of("x.csv", train, HEADER + "a,t,9\n");

        try (Prepared prepared = Fixture.prepare(source, 0.1)) {
            assertThat(prepared.counts().badShare()).isEqualTo(0.1);
        }
        assertThatThrownBy(() -> Fixture.prepare(source, 0.09))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "columns: 1 of 10 records are malformed (10.00 %, max-bad-share allows 9.00 %), the first is ")
                .hasMessageEndingWith("train-x.csv:10: found 1 fields, the header has 3; "
                        + "correct the data or raise max-bad-share");
    }

    @Test
    void aTextOfOneMegabyteIsLeftWhole() {
        String text = "word ".repeat(200_000) + "end";
        for (String name : List.of("x.csv", "x.csv.gz")) {
            Columns source = of(name, HEADER + "a,\"" + text + "\",1\n", HEADER + "a,t,9\n");
            assertThat(Fixture.values(source)).contains("train|a|" + text);
        }
        Columns json = of("x.jsonl", "{\"body\":\"" + text + "\",\"topic\":\"a\"}\n", JSON_TEST);
        assertThat(Fixture.values(json)).contains("train|a|" + text);
    }

    @Test
    void idsDependOnTheContentAndNotOnHowTheFilesAreCut() {
        String rows = "a,one,1\na,same,2\nb,two,3\na,same,4\na,same,5\nc,three,6\n";
        String whole = Fixture.write(folder.resolve("whole.csv"), HEADER + rows);
        String test = Fixture.write(folder.resolve("test.csv"), HEADER + "a,same,9\n");
        Fixture.write(folder.resolve("cut/part-2.csv"), HEADER + rows.substring(0, 16));
        Fixture.write(folder.resolve("cut/part-1.csv"), HEADER + rows.substring(16));
        Fixture.write(folder.resolve("cut/_SUCCESS"), "");
        Fixture.write(folder.resolve("cut/.part-1.csv.crc"), "junk");
        String table = folder.resolve("table").toString();
        SharedSpark.session()
                .read()
                .option("header", "true")
                .csv(whole)
                .repartition(3)
                .write()
                .parquet(table);

        Map<String, String> expected = idsOf(whole, test);
        assertThat(expected).hasSize(7);
        assertThat(expected.keySet().stream().filter(id -> id.matches("train-[0-9a-f]{32}-[23]")))
                .hasSize(2);
        assertThat(idsOf(folder.resolve("cut").toString(), test)).isEqualTo(expected);
        assertThat(idsOf(table, test)).isEqualTo(expected);
    }

    @Test
    void idsOfTheDataAreKeptAndASecondUseIsMalformed() {
        Columns source =
                with("x.csv", HEADER + "a,one,k1\nb,two,k2\n", HEADER + "a,three,k1\na,four,k4\n", "body", "nr");

        try (Prepared prepared = Fixture.prepare(source, 0.5)) {
            assertThat(Fixture.rows(prepared))
                    .isEqualTo(Map.of("k1", "train|a|one", "k2", "train|b|two", "k4", "test|a|four"));
            assertThat(prepared.counts().firstProblems())
                    .singleElement()
                    .asString()
                    .endsWith("test-x.csv:2: the id 'k1' was used before; ids must differ over train and test");
        }
    }

    @Test
    void aTruncatedGzipIsRefused() {
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 0; i < 20_000; i++) {
            text.append("a,text ").append(Integer.toHexString(i * 7919)).append(",1\n");
        }
        byte[] packed = Fixture.gzip(text.toString());
        String train = Fixture.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(packed, packed.length / 2));

        assertThatThrownBy(() -> Fixture.prepare(new Columns(train, train, "body", "topic", "none", "none"), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*/cut.csv.gz:\\d{3,}: the file cannot be read behind this place \\(.*");
    }

    @Test
    void emptyFilesAndFoldersAreRefused() throws IOException {
        String test = Fixture.write(folder.resolve("test.csv"), HEADER + "a,t,9\n");
        String empty = Fixture.write(folder.resolve("empty.csv"), "");
        String header = Fixture.write(folder.resolve("header.csv"), HEADER);
        String nothing = Files.createDirectory(folder.resolve("nothing")).toString();
        Fixture.write(folder.resolve("delta/_delta_log/0.json"), "{}");
        Fixture.write(folder.resolve("mixed/a.csv"), HEADER);
        Fixture.write(folder.resolve("mixed/b.jsonl"), JSON_TEST);

        refused(empty, test, empty + ":1: the file is empty; its first line must hold the column names");
        refused(header, test, "columns: there are no usable train rows; check what the path names");
        refused(nothing, test, "train data " + nothing + " holds no data files");
        refused(" ", test, "the path of the train data is empty; give a file or a folder");
        refused(test, folder + "/gone.csv", "test data " + folder + "/gone.csv does not exist; check the path");
        refused(
                folder + "/delta",
                test,
                "train data " + folder
                        + "/delta is a Delta table, whose files also hold deleted rows; export it to Parquet first");
        refused(folder + "/mixed", test, "train folder " + folder + "/mixed mixes the types [csv, jsonl]; keep one");
        refused(
                "nfs4://host/x.csv",
                test,
                "train data nfs4://host/x.csv: this Spark has no file system for that scheme; add its jar with --packages");
    }

    @Test
    void columnNamesAndTheShareAreChecked() {
        assertThatThrownBy(() -> new Columns("a", "b", "", "label", "none", "none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.source.text is empty; name a column of the data");
        assertThatThrownBy(() -> new Columns("a", "b", "x", "x", "none", "none"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.source.text and data.source.label are both 'x'; name two columns");
        assertThatThrownBy(() -> new Preparation(SharedSpark.session(), Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("max-bad-share must be from 0 to 1, got NaN");
    }

    private static void refused(String train, String test, String message) {
        assertThatThrownBy(() -> Fixture.prepare(new Columns(train, test, "body", "topic", "none", "none"), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static Map<String, String> idsOf(String train, String test) {
        try (Prepared prepared = Fixture.prepare(new Columns(train, test, "body", "topic", "none", "none"))) {
            return Fixture.rows(prepared);
        }
    }

    private Columns of(String name, String train, String test) {
        return with(name, train, test, "body", Columns.NONE);
    }

    private Columns with(String name, String train, String test, String text, String id) {
        return new Columns(
                packed("train-" + name, train), packed("test-" + name, test), text, "topic", id, Columns.NONE);
    }

    private String packed(String name, String text) {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        return Fixture.write(folder.resolve(name), name.endsWith(".gz") ? Fixture.gzip(plain) : plain);
    }

    private static byte[] concat(String text, byte[] more) {
        byte[] start = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return all;
    }
}
