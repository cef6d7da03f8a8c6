package federa.prepare;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Any table with a column for the text and one for the label: .csv and .tsv with a header, .jsonl (also .ndjson and .json with
 * one object a line), each also as .gz or .bz2, or Parquet; a file, or a folder with all that is below it. A column may also be
 * given by the names of folders, see {@link FolderColumns}.
 *
 * <p>One task reads one text file, so that it can name the line of a bad record; cut a file of many gigabytes into several, or
 * convert it to Parquet, which Spark splits.
 *
 * @param train where the train rows are
 * @param test where the test rows are, or {@code none} for a share of the train rows ({@code data.test-share})
 * @param text name of the column with the text
 * @param label name of the column with the label: a string, a whole number or a boolean
 * @param id name of a column with unique ids, or {@code none} to derive them from split, label and text
 * @param key name of a column that says who or what a row comes from (author, device, source), for a division by natural
 *     key, or {@code none}
 */
public record Columns(String train, String test, String text, String label, String id, String key) implements Source {

    /** In place of the id or key column: there is none. */
    public static final String NONE = "none";

    private static final int SHOWN = 30;
    private static final Pattern SEPARATOR = Pattern.compile("[,;|\t]");

    /** The extensions of tables. */
    static final Set<String> TYPES = Set.of("csv", "tsv", "json", "jsonl", "ndjson", "parquet");

    public Columns {
        require(text, "data.source.text");
        require(label, "data.source.label");
        require(id, "data.source.id");
        require(key, "data.source.key");
        if (text.equals(label)) {
            throw new InvalidInputException(
                    "data.source.text and data.source.label are both '%s'; name two columns".formatted(text));
        }
    }

    @Override
    public String name() {
        return "columns";
    }

    @Override
    public Optional<Published> published() {
        return Optional.empty();
    }

    @Override
    public List<String> splits() {
        return TwoSplits.named(test);
    }

    @Override
    public Dataset<Row> read(SparkSession spark) {
        Dataset<Row> rows = read(spark, "train", train);
        return TwoSplits.given(test) ? rows.unionByName(read(spark, "test", test)) : rows;
    }

    private Dataset<Row> read(SparkSession spark, String split, String path) {
        List<SplitFile> files = InputFiles.find(spark, split, path, TYPES);
        Set<String> types = files.stream().map(SplitFile::type).collect(Collectors.toSet());
        if (types.size() > 1) {
            throw new InvalidInputException("%s folder %s mixes the types %s; keep one"
                    .formatted(split, path, types.stream().sorted().toList()));
        }
        return types.contains("parquet") ? parquet(spark, files, path) : FileRows.read(spark, files, format(types));
    }

    private Format<Labelled> format(Set<String> types) {
        if (types.contains("csv")) {
            return (file, bytes) -> HeaderColumns.open(file, new Csv(bytes), this);
        }

        if (types.contains("tsv")) {
            return (file, bytes) -> HeaderColumns.open(file, new Tsv(bytes), this);
        }
        return (file, bytes) -> JsonColumns.open(file, bytes, this);
    }

    private Dataset<Row> parquet(SparkSession spark, List<SplitFile> files, String path) {
        ParquetFiles table = ParquetFiles.open(spark, files, path, "fetch or write it again");
        List<String> names = Arrays.asList(hasId() ? id : null, text, label, hasKey() ? key : null);
        ParquetFiles.Places places = table.places();
        JavaRDD<Row> rows = table.strings(names).toJavaRDD().map(row -> {
            SplitFile file = places.of(row.getString(4));
            Labelled record =
                    new Labelled(null, row.getString(0), row.getString(1), row.getString(2), row.getString(3));
            return RawRow.of(file, row.getLong(5), record).toRow();
        });
        return spark.createDataFrame(rows, RawRow.SCHEMA);
    }

    boolean hasId() {
        return !id.equals(NONE);
    }

    boolean hasKey() {
        return !key.equals(NONE);
    }

    static String unknown(String where, String name, List<String> names) {
        List<String> first = names.subList(0, Math.min(SHOWN, names.size()));
        String further = names.size() > SHOWN ? " and %s more".formatted(names.size() - SHOWN) : "";
        return "%s has no column '%s'; its columns are %s%s%s"
                .formatted(where, Printable.of(name), Printable.of(first), further, hint(name, names));
    }

    private static String hint(String name, List<String> names) {
        Optional<String> alike = names.stream()
                .filter(other -> other.strip().equalsIgnoreCase(name.strip()))
                .findFirst();
        if (alike.isPresent()) {
            return "; did you mean '%s'?".formatted(Printable.of(alike.get()));
        }
        boolean isUnseparated =
                names.size() == 1 && SEPARATOR.matcher(names.get(0)).find();
        return isUnseparated ? "; separate fields by commas in CSV and by tabs in TSV" : "";
    }

    private static void require(String value, String key) {
        if (value == null || value.isBlank()) {
            throw new InvalidInputException("%s is empty; name a column of the data".formatted(key));
        }
    }
}
