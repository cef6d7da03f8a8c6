package federa.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/**
 * Any table with a column for the text and one for the label: .csv and .tsv with a header, .jsonl (also .ndjson and .json with
 * one object a line), each also as .gz, or Parquet; a file or a folder.
 *
 * <p>One task reads one text file, so that it can name the line of a bad record; cut a file of many gigabytes into several, or
 * convert it to Parquet, which Spark splits.
 *
 * @param train where the train rows are
 * @param test where the test rows are
 * @param text name of the column with the text
 * @param label name of the column with the label: a string, a whole number or a boolean
 * @param id name of a column with unique ids, or {@code none} to derive them from split, label and text
 * @param key name of a column that says who or what a row comes from (author, device, source), for a division by natural
 *     key, or {@code none}
 */
public record Columns(String train, String test, String text, String label, String id, String key) implements Source {

    /** In place of the id or key column: there is none. */
    public static final String NONE = "none";

    private static final Set<String> TYPES = Set.of("csv", "tsv", "json", "jsonl", "ndjson", "parquet");

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
    public Dataset<Row> read(SparkSession spark) {
        return read(spark, "train", train).unionByName(read(spark, "test", test));
    }

    private Dataset<Row> read(SparkSession spark, String split, String path) {
        List<SplitFile> files = InputFiles.find(spark, split, path, TYPES);
        Set<String> types = files.stream().map(SplitFile::type).collect(Collectors.toSet());
        if (types.size() > 1) {
            throw new InvalidInputException("%s folder %s mixes the types %s; keep one"
                    .formatted(split, path, types.stream().sorted().toList()));
        }
        return types.contains("parquet") ? parquet(spark, split, path) : FileRows.read(spark, files, format(types));
    }

    private Format format(Set<String> types) {
        if (types.contains("csv")) {
            return (file, bytes) -> HeaderColumns.open(file, new Csv(bytes), this);
        }

        if (types.contains("tsv")) {
            return (file, bytes) -> HeaderColumns.open(file, new Tsv(bytes), this);
        }
        return (file, bytes) -> JsonColumns.open(file, bytes, this);
    }

    private Dataset<Row> parquet(SparkSession spark, String split, String path) {
        Dataset<Row> table = open(spark, path);
        JavaRDD<Row> rows = table.select(
                        optional(table, path, id),
                        value(table, path, text),
                        value(table, path, label),
                        optional(table, path, key),
                        col("_metadata.file_path"),
                        col("_metadata.row_index"))
                .toJavaRDD()
                .map(row -> parquetRow(row, split));
        return spark.createDataFrame(rows, RawRow.SCHEMA);
    }

    private static Dataset<Row> open(SparkSession spark, String path) {
        try {
            return spark.read().parquet(path);
        } catch (Exception e) {
            // Scala declares nothing: for a damaged footer this is a SparkException, which is checked.
            throw new InvalidInputException(
                    "%s cannot be read as Parquet (%s); fetch or write it again".formatted(path, OneLine.of(e)), e);
        }
    }

    private static Column optional(Dataset<Row> table, String path, String name) {
        return name.equals(NONE) ? lit(null).cast("string") : value(table, path, name);
    }

    private static Column value(Dataset<Row> table, String path, String name) {
        String[] names = table.schema().fieldNames();
        if (!Arrays.asList(names).contains(name)) {
            throw new InvalidInputException(unknown(path, name, Arrays.asList(names)));
        }

        DataType type = table.schema().apply(name).dataType();
        if (type instanceof StructType
                || type instanceof ArrayType
                || type instanceof MapType
                || type instanceof BinaryType) {
            throw new InvalidInputException(
                    "%s: column '%s' has the type %s, expected a string or a number".formatted(path, name, type.sql()));
        }
        return col("`" + name.replace("`", "``") + "`").cast("string");
    }

    /** The line of a Parquet row is its number in the file, from 1. */
    private static Row parquetRow(Row row, String split) {
        SplitFile file = new SplitFile(split, row.getString(4), row.getString(4));
        Labelled record = new Labelled(null, row.getString(0), row.getString(1), row.getString(2), row.getString(3));
        return RawRow.of(file, row.getLong(5) + 1, record).toRow();
    }

    boolean hasId() {
        return !id.equals(NONE);
    }

    boolean hasKey() {
        return !key.equals(NONE);
    }

    static String unknown(String where, String name, List<String> names) {
        return "%s has no column '%s'; its columns are %s".formatted(where, name, names);
    }

    private static void require(String value, String key) {
        if (value == null || value.isBlank()) {
            throw new InvalidInputException("%s is empty; name a column of the data".formatted(key));
        }
    }
}
