package federa.pipeline;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.config.Canonical;
import federa.config.Experiment;
import federa.partition.Plan;
import federa.prepare.Given;
import federa.prepare.Kind;
import federa.prepare.Preparation;
import federa.prepare.Prepared;
import federa.random.HeldOut;
import federa.spi.InvalidInputException;
import federa.store.Tables;
import federa.task.Task;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepared data sets: Delta tables {@code datasets/NAME} with the columns of their {@link Kind}. */
public final class Datasets {

    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);

    private final Workspace workspace;

    public Datasets(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * A prepared data set.
     *
     * @param fingerprint of the rows, whatever their order
     * @param labels what a head tells apart, in index order, see {@link Prepared#labels()}; empty if there is nothing
     */
    public record Stored(String name, Kind kind, Dataset<Row> rows, String fingerprint, List<String> labels) {

        public Dataset<Row> split(String split) {
            return rows.where(col("split").equalTo(split));
        }

        /**
         * Checks that the data set has the columns that a task reads.
         *
         * @throws InvalidInputException naming the column that is missing
         */
        public void require(Task task) {
            List<String> columns = List.of(rows.columns());
            Stream.concat(task.inputs().stream(), task.truths().stream())
                    .filter(column -> !columns.contains(column))
                    .findFirst()
                    .ifPresent(missing -> {
                        throw new InvalidInputException(
                                "the data set %s has no column '%s', which task.kind %s reads; it has %s"
                                        .formatted(name, missing, task.name(), columns));
                    });
        }
    }

    /**
     * The data set of an experiment, prepared from its raw files if the warehouse does not have it.
     *
     * @throws InvalidInputException if the warehouse has one of this name from another source
     */
    public Stored prepare(Experiment.Data data) {
        String path = workspace.warehouse().dataset(data.name());
        String source = origin(data);
        if (Tables.read(workspace.spark(), path).isPresent()) {
            LOG.info("data set {} is there already", data.name());
        } else {
            try (Prepared prepared = new Preparation(workspace.spark(), data.maxBadShare())
                    .run(data.source(), new HeldOut(data.testShare(), data.testSeed()))) {
                write(data.name(), prepared, new Description(source, fingerprint(prepared), prepared.labels()));
            }
        }
        String stored = description(path, data.name()).source(); // which another job may have written meanwhile
        // Earlier versions wrote the text that Java makes of the record.
        if (!stored.equals(source) && !stored.equals(data.source().toString())) {
            throw new InvalidInputException(
                    "the data set %s in %s was prepared from %s, now asked for from %s; use another data.name"
                            .formatted(data.name(), workspace.warehouse(), stored, source));
        }
        return open(data.name());
    }

    /** What a data set was made from: its source, and how the test split was made if the source has none. */
    private static String origin(Experiment.Data data) {
        return data.source().splits().contains("test")
                ? Canonical.of(data.source())
                : Canonical.of(
                        Map.of("source", data.source(), "test-share", data.testShare(), "test-seed", data.testSeed()));
    }

    /**
     * Rows that a program has as a data set, named by its content: the same rows are stored once.
     *
     * @param maxBadShare largest share of malformed rows that is let pass, 0 to 1
     */
    public Stored store(Given source, Dataset<Row> rows, double maxBadShare) {
        try (Prepared prepared = new Preparation(workspace.spark(), maxBadShare).run(source, rows)) {
            String fingerprint = fingerprint(prepared);
            String name = "given-" + fingerprint + (source.numbers() ? "-numbers" : "");
            if (Tables.read(workspace.spark(), workspace.warehouse().dataset(name))
                    .isEmpty()) {
                write(name, prepared, new Description(Canonical.of(source), fingerprint, prepared.labels()));
            }
            return open(name);
        }
    }

    private void write(String name, Prepared prepared, Description description) {
        workspace.describe("prepare %s: write".formatted(name));
        // Checking the ids has left as many partitions as spark.sql.shuffle.partitions, each a file.
        int files = Plan.tasks(prepared.counts().rows(), workspace.parallelism());
        try {
            Tables.append(
                    prepared.rows()
                            .coalesce(files)
                            .write()
                            .partitionBy("split")
                            .option("userMetadata", description.toJson()),
                    workspace.warehouse().dataset(name),
                    "prepare",
                    1);
        } finally {
            workspace.describe(null);
        }
    }

    /**
     * A data set that was prepared before.
     *
     * @throws InvalidInputException if the warehouse does not have it
     */
    public Stored open(String name) {
        String path = workspace.warehouse().dataset(name);
        Dataset<Row> rows = Tables.read(workspace.spark(), path)
                .orElseThrow(
                        () -> new InvalidInputException("the warehouse %s has no data set %s; run the prepare job first"
                                .formatted(workspace.warehouse(), name)));
        Description description = description(path, name);
        Kind kind = Kind.of(rows.schema()).orElseThrow(() -> notOurs(path, name, null));
        return new Stored(name, kind, rows, description.fingerprint(), description.labels());
    }

    /** What the commit that wrote a data set says of it, so that opening it reads no rows. */
    private record Description(String source, String fingerprint, List<String> labels) {

        private static final ObjectMapper JSON = new ObjectMapper();

        String toJson() {
            try {
                return JSON.writeValueAsString(this);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a record of strings can always be written", e);
            }
        }
    }

    private Description description(String path, String name) {
        String described = Tables.description(workspace.spark(), path).orElse("");
        try {
            return Description.JSON.readValue(described, Description.class);
        } catch (JsonProcessingException e) {
            throw notOurs(path, name, e);
        }
    }

    private static InvalidInputException notOurs(String path, String name, JsonProcessingException cause) {
        return new InvalidInputException(
                "%s is a Delta table, but not a data set of the prepare job; use another data.name than %s"
                        .formatted(path, name),
                cause);
    }

    /** Count, exclusive or and sum of the rows' hashes. */
    private static String fingerprint(Prepared prepared) {
        Column hash = xxhash64(prepared.kind().columns());
        Row all = prepared.rows()
                .agg(count(lit(1)), bit_xor(hash), sum(hash.cast(DataTypes.createDecimalType(38, 0))))
                .first();
        return String.format(
                Locale.ROOT,
                "%d-%016x-%s",
                all.getLong(0),
                all.getLong(1),
                all.getDecimal(2).toBigInteger().toString(16));
    }
}
