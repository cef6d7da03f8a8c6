package federa.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Parquet files of a path. Spark is told the columns and types that are wanted, from the files' own footers, so that a
 * column that nobody asked for cannot hinder it, and neither can names that differ by case only.
 */
final class ParquetFiles {

    private static final Logger LOG = LoggerFactory.getLogger(ParquetFiles.class);
    private static final String FILE = "_metadata.file_path";

    private final SparkSession reading;
    private final List<SplitFile> files;
    private final Path root;
    private final Map<String, DataType> types;
    private final Set<String> folders;
    private final String remedy;

    private ParquetFiles(
            SparkSession reading, List<SplitFile> files, Path root, Map<String, DataType> types, String remedy) {
        this.reading = reading;
        this.files = files;
        this.root = root;
        this.types = types;
        this.folders = FolderColumns.of(files.get(0)).keySet();
        this.remedy = remedy;
    }

    /**
     * Opens the files that were found at a path.
     *
     * @param remedy what to do if one of them is no Parquet file, for the message
     * @throws InvalidInputException if the first of them cannot be read
     */
    static ParquetFiles open(SparkSession spark, List<SplitFile> files, String path, String remedy) {
        for (SplitFile file : files) {
            if (file.hasColon()) {
                throw new InvalidInputException(
                        "%s: Spark cannot read a Parquet file with a colon in its name; rename it"
                                .formatted(file.shown()));
            }
        }
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        Path named = InputFiles.path(path);
        try {
            Path root = named.getFileSystem(hadoop).makeQualified(named);
            Map<String, DataType> types = types(files.get(0), hadoop);
            return new ParquetFiles(session(spark), files, root, types, remedy);
        } catch (IOException | RuntimeException e) {
            throw unreadable(files.get(0), OneLine.of(e), remedy);
        }
    }

    /** A session in which names of columns are exact and nanoseconds, which Spark has no type for, are numbers. */
    static SparkSession session(SparkSession spark) {
        SparkSession session = spark.newSession();
        session.conf().set("spark.sql.caseSensitive", "true");
        session.conf().set("spark.sql.legacy.parquet.nanosAsLong", "true");
        return session;
    }

    /**
     * Columns as strings, in the order of their names, then the file as {@code file} and the row's number from 1 as
     * {@code line}. A name that is null gives nulls.
     *
     * @throws InvalidInputException if a file lacks one of them, has it with another type than the first file, or it is
     *     neither text nor number
     */
    Dataset<Row> strings(List<String> names) {
        List<String> wanted = names.stream().filter(Objects::nonNull).toList();
        Dataset<Row> rows = read(wanted, Set.copyOf(wanted));
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(name == null ? lit(null).cast("string") : string(name));
        }
        columns.add(col(FILE).as("file"));
        columns.add(col("_metadata.row_index").plus(1).as("line"));
        return rows.select(columns.toArray(Column[]::new));
    }

    /**
     * All columns of the first file that Spark can read, some of them as strings, and those of the folders' names.
     *
     * @throws InvalidInputException if another file lacks one of the strings, or has a column with another type
     */
    Dataset<Row> table(Set<String> strings) {
        List<String> names = new ArrayList<>();
        types.forEach((name, type) -> {
            if (type == null) {
                LOG.warn(
                        "{}: column '{}' has a type that Spark cannot read; it is left out",
                        files.get(0).shown(),
                        name);
            } else {
                names.add(name);
            }
        });
        Set<String> required = strings.stream().filter(types::containsKey).collect(Collectors.toSet());
        Dataset<Row> rows = read(names, required);
        List<Column> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(strings.contains(name) ? string(name).as(name) : quoted(name));
        }
        folders.stream()
                .filter(name -> !types.containsKey(name))
                .forEach(name -> columns.add(folder(name).as(name)));
        return rows.select(columns.toArray(Column[]::new));
    }

    /** Finds the file that a value of {@code file} names; it travels to the tasks. */
    record Places(String split, String root) implements Serializable {

        SplitFile of(String address) {
            String path = new Path(URI.create(address)).toString();
            return new SplitFile(split, path, path.equals(root) ? path : path.substring(root.length() + 1));
        }
    }

    Places places() {
        return new Places(files.get(0).split(), root.toString());
    }

    private Dataset<Row> read(List<String> names, Set<String> required) {
        for (String name : required) {
            if (!types.containsKey(name) && !folders.contains(name)) {
                throw new InvalidInputException(
                        Columns.unknown(files.get(0).shown(), name, List.copyOf(types.keySet())));
            }
        }
        StructType schema = new StructType();
        for (String name : names) {
            if (types.containsKey(name)) {
                schema = schema.add(name, readable(name));
            }
        }
        requireAlike(schema, required);
        return reading.read()
                .schema(schema)
                .option("recursiveFileLookup", "true")
                .option("__globPaths__", "false")
                .parquet(root.toString());
    }

    private DataType readable(String name) {
        DataType type = types.get(name);
        if (type == null) {
            throw new InvalidInputException("%s: column '%s' has a type that Spark cannot read; write it as a string"
                    .formatted(files.get(0).shown(), Printable.of(name)));
        }
        return type;
    }

    /** Spark would take the types of one file for those of all. */
    private void requireAlike(StructType schema, Set<String> required) {
        if (files.size() == 1) {
            return;
        }
        SerializableConfiguration hadoop =
                new SerializableConfiguration(reading.sparkContext().hadoopConfiguration());
        Alike check = new Alike(files.get(0), schema, Set.copyOf(required), hadoop, remedy);
        List<String> problems = JavaSparkContext.fromSparkContext(reading.sparkContext())
                .parallelize(
                        files.subList(1, files.size()),
                        Math.min(files.size() - 1, reading.sparkContext().defaultParallelism()))
                .map(check)
                .filter(Objects::nonNull)
                .take(1);
        if (!problems.isEmpty()) {
            throw new InvalidInputException(problems.get(0));
        }
    }

    /** What is wrong with a file, or null if nothing is. */
    private record Alike(
            SplitFile first, StructType schema, Set<String> required, SerializableConfiguration hadoop, String remedy)
            implements Function<SplitFile, String> {

        @Override
        public String call(SplitFile file) {
            Map<String, DataType> types;
            try {
                types = types(file, hadoop.value());
            } catch (IOException | RuntimeException e) {
                return unreadable(file, OneLine.of(e), remedy).getMessage();
            }
            for (String name : required) {
                if (!types.containsKey(name) && !FolderColumns.of(file).containsKey(name)) {
                    return Columns.unknown(file.shown(), name, List.copyOf(types.keySet()));
                }
            }
            for (String name : schema.fieldNames()) {
                DataType expected = schema.apply(name).dataType();
                if (types.containsKey(name) && !expected.equals(types.get(name))) {
                    return "%s: column '%s' has the type %s, in %s it has %s; write it alike in all files"
                            .formatted(
                                    file.shown(),
                                    Printable.of(name),
                                    shown(types.get(name)),
                                    first.shown(),
                                    shown(expected));
                }
            }
            return null;
        }

        private static String shown(DataType type) {
            return type == null ? "one that Spark cannot read" : type.sql();
        }
    }

    private static InvalidInputException unreadable(SplitFile file, String reason, String remedy) {
        return new InvalidInputException(
                "%s cannot be read as Parquet (%s); %s".formatted(file.shown(), reason, remedy));
    }

    /** The columns of a file; the type is null if Spark has none for it. */
    private static Map<String, DataType> types(SplitFile file, Configuration hadoop) throws IOException {
        MessageType schema;
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file.path()), hadoop))) {
            schema = reader.getFooter().getFileMetaData().getSchema();
        }
        // Bytes are no strings, INT96 is a time, names are exact, local times and nanoseconds as in session().
        ParquetToSparkSchemaConverter spark = new ParquetToSparkSchemaConverter(false, true, true, true, true);
        Map<String, DataType> types = new LinkedHashMap<>();
        for (Type column : schema.getFields()) {
            types.put(
                    column.getName(),
                    type(spark, new MessageType(schema.getName(), column)).orElse(null));
        }
        return types;
    }

    private static Optional<DataType> type(ParquetToSparkSchemaConverter spark, MessageType column) {
        try {
            return Optional.of(spark.convert(column).apply(0).dataType());
        } catch (Exception e) {
            if (e instanceof AnalysisException) { // Scala declares nothing, though this one is checked
                return Optional.empty();
            }
            throw e;
        }
    }

    /** True for a value that can be a text, a label, an id or a key. */
    static boolean isPlain(DataType type) {
        return !(type instanceof StructType
                || type instanceof ArrayType
                || type instanceof MapType
                || type instanceof BinaryType);
    }

    private Column string(String name) {
        DataType type = types.get(name);
        if (!types.containsKey(name)) {
            return folder(name);
        }
        if (!isPlain(type)) {
            throw new InvalidInputException("%s: column '%s' has the type %s, expected a string or a number"
                    .formatted(files.get(0).shown(), Printable.of(name), type.sql()));
        }
        Column value = quoted(name);
        boolean hasNaN = type instanceof DoubleType || type instanceof FloatType;
        return (hasNaN ? when(not(isnan(value)), value) : value).cast("string");
    }

    private Column folder(String name) {
        Places places = places();
        UDF1<String, String> value =
                address -> FolderColumns.of(places.of(address)).get(name);
        return udf(value, DataTypes.StringType).apply(col(FILE));
    }

    private static Column quoted(String name) {
        return col("`" + name.replace("`", "``") + "`");
    }
}
