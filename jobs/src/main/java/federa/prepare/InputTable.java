package federa.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import com.fasterxml.jackson.databind.JsonNode;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table of texts with all its columns, read by the same readers as data to train on: what {@link Columns} takes for malformed
 * is malformed here too, and left out. An empty field of CSV or TSV is null.
 *
 * <p>No row is held by the driver. A file of text is read by one task; the rows are then shared by as many tasks as the cluster
 * runs at once, in the order of the files and lines.
 *
 * @param spark the session whose context does the work; the table is in one of its own, in which names are exact
 * @param path a file or a folder
 * @param texts the columns that must be there as text: whole numbers and booleans are taken as they are written
 * @param maxBadShare the part of malformed records, from 0 to 1, above which the table is refused
 */
public record InputTable(SparkSession spark, String path, Set<String> texts, double maxBadShare) {

    private static final Logger LOG = LoggerFactory.getLogger(InputTable.class);
    private static final long ROWS_PER_TASK = 32; // at least: to start one takes longer than so many texts
    private static final String WHAT = "--input";
    private static final String REMEDY = "check the path and --format";

    public InputTable {
        Problems.requireShare(maxBadShare);
        texts = Set.copyOf(texts);
    }

    /** How a table is stored. */
    public enum Format {
        CSV,
        TSV,
        JSON,
        PARQUET,
        DELTA
    }

    /**
     * The usable rows.
     *
     * @throws InvalidInputException with what, where and the remedy in one line, if the table cannot be read
     */
    public Dataset<Row> read(Format format) {
        if (format == Format.DELTA) {
            return delta();
        }
        List<SplitFile> files = InputFiles.find(spark, WHAT, WHAT, path);
        return switch (format) {
            case CSV -> delimited(files, Csv::new);
            case TSV -> delimited(files, Tsv::new);
            case JSON -> json(files);
            case PARQUET -> parquet(files);
            case DELTA -> throw new IllegalStateException("a Delta table is not read by its files");
        };
    }

    private Dataset<Row> parquet(List<SplitFile> files) {
        try {
            return ParquetFiles.open(spark, files, path, REMEDY).table(texts);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("%s %s".formatted(WHAT, e.getMessage()), e);
        }
    }

    private Dataset<Row> delta() {
        try {
            return ParquetFiles.session(spark).read().format("delta").load(path);
        } catch (Exception e) { // Scala declares nothing, and its exceptions may be checked ones
            throw new InvalidInputException(
                    "%s %s cannot be read as Delta (%s); %s".formatted(WHAT, path, OneLine.of(e), REMEDY), e);
        }
    }

    /** How the bytes of a file become records of fields. */
    @FunctionalInterface
    private interface Fields extends Serializable {
        Records<List<String>> of(InputStream bytes);
    }

    private Dataset<Row> delimited(List<SplitFile> files, Fields fields) {
        List<String> names = names(files.get(0), fields);
        Dataset<Row> rows = usable(files, (file, bytes) -> named(file, fields.of(bytes), names));
        Column[] columns = new Column[names.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = col(TableRow.VALUES).getItem(i).as(names.get(i));
        }
        return rows.select(columns);
    }

    /** The columns, by the first file: a name that is empty is by its place, as Spark does it. */
    private List<String> names(SplitFile file, Fields fields) {
        List<String> names = new ArrayList<>();
        try (InputStream bytes = file.open(spark.sparkContext().hadoopConfiguration())) {
            HeaderColumns header = HeaderColumns.read(file, fields.of(bytes));
            for (String name : header.header()) {
                if (!name.isEmpty()) {
                    header.find(name);
                }
                names.add(name.isEmpty() ? "_c" + names.size() : name);
            }
            FolderColumns.of(file).keySet().stream()
                    .filter(name -> !names.contains(name))
                    .forEach(names::add);
        } catch (Unusable e) {
            throw new InvalidInputException(
                    "%s %s:%d: %s; %s".formatted(WHAT, file.shown(), e.line(), Printable.of(e.getMessage()), REMEDY));
        } catch (IOException e) {
            throw new InvalidInputException(
                    "%s %s cannot be read (%s); %s".formatted(WHAT, file.shown(), OneLine.of(e), REMEDY), e);
        }
        return List.copyOf(names);
    }

    private static Rows<?, List<String>> named(SplitFile file, Records<List<String>> records, List<String> names)
            throws IOException {
        HeaderColumns header = HeaderColumns.read(file, records);
        List<HeaderColumns.Place> places = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int place = i;
            boolean isUnnamed = i < header.header().size()
                    && header.header().get(i).isEmpty()
                    && names.get(i).equals("_c" + i);
            places.add(isUnnamed ? fields -> fields.get(place) : header.find(names.get(i)));
        }
        return new Rows<>(records, fields -> {
            header.require(fields);
            return places.stream()
                    .map(place -> place.of(fields))
                    .map(value -> value == null || value.isEmpty() ? null : value)
                    .toList();
        });
    }

    private Dataset<Row> json(List<SplitFile> files) {
        Map<String, String> folders = FolderColumns.of(files.get(0));
        List<String> further = List.copyOf(folders.keySet());
        Set<String> required = texts;
        Dataset<Row> rows = usable(files, (file, bytes) -> objects(file, bytes, required, further));
        Dataset<String> lines = rows.select(col(TableRow.VALUES).getItem(0)).as(Encoders.STRING());
        StructType schema = new StructType();
        for (StructField field : rows.sparkSession().read().json(lines).schema().fields()) {
            schema = schema.add(field.name(), texts.contains(field.name()) ? DataTypes.StringType : field.dataType());
        }
        List<Column> columns = new ArrayList<>();
        for (String name : schema.fieldNames()) {
            columns.add(col("object").getField(name).as(name));
        }
        for (int i = 0; i < further.size(); i++) {
            if (!List.of(schema.fieldNames()).contains(further.get(i))) {
                columns.add(col(TableRow.VALUES).getItem(i + 1).as(further.get(i)));
            }
        }
        return rows.withColumn("object", from_json(col(TableRow.VALUES).getItem(0), schema))
                .select(columns.toArray(Column[]::new));
    }

    /** The line of an object whose texts are texts, then what the folders' names say. */
    private static Rows<?, List<String>> objects(
            SplitFile file, InputStream bytes, Set<String> texts, List<String> further) {
        JsonObjects objects = new JsonObjects(bytes);
        JsonColumns keys = new JsonColumns(FolderColumns.of(file));
        Parser<JsonNode, List<String>> parser = object -> {
            for (String text : texts) {
                keys.value(object, text);
            }
            List<String> values = new ArrayList<>(List.of(objects.text()));
            further.forEach(name -> values.add(keys.folders().get(name)));
            return values;
        };
        return new Rows<>(objects, parser);
    }

    /** The rows without a problem, counted and checked, with their {@link TableRow#VALUES}. */
    private Dataset<Row> usable(List<SplitFile> files, federa.prepare.Format<List<String>> format) {
        Dataset<Row> all = FileRows.read(ParquetFiles.session(spark), files, format, new TableRow());
        long usable = 0;
        long malformed = 0;
        for (Row group : all.groupBy("severity").count().collectAsList()) {
            switch (Severity.valueOf(group.getString(0))) {
                case NONE -> usable = group.getLong(1);
                case FILE -> throw new InvalidInputException("%s %s"
                        .formatted(
                                WHAT,
                                Problems.first(all.where(Problems.is(Severity.FILE)))
                                        .get(0)));
                default -> malformed += group.getLong(1);
            }
        }
        if (malformed > 0) {
            List<String> first = Problems.first(all.where(Problems.is(Severity.RECORD)));
            Problems.requireFew("%s %s".formatted(WHAT, path), usable, malformed, first, maxBadShare);
            LOG.warn("{} malformed records of {} are left out", malformed, path);
            first.forEach(problem -> LOG.warn("left out: {}", problem));
        }
        return inOrder(all.where(Problems.is(Severity.NONE)), usable);
    }

    /** Scoring costs a thousand times what reading does, so all cores share it even if there is one file only. */
    private Dataset<Row> inOrder(Dataset<Row> rows, long count) {
        int tasks = (int) Math.min(spark.sparkContext().defaultParallelism(), 1 + (count - 1) / ROWS_PER_TASK);
        return rows.rdd().getNumPartitions() >= tasks
                ? rows
                : rows.repartitionByRange(tasks, col("file"), col("line")).sortWithinPartitions("file", "line");
    }
}
